"""What was promised to patients leaves the house: mail, webhook, file drop, FHIR; tried until it arrives."""
