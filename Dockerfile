# clinicbot in a container: built from this folder, run by a user without rights, on a file system it cannot write.
#
#   docker build -t clinicbot .
#   docker run --read-only --tmpfs /tmp -v clinicbot:/data -p 8000:8000 clinicbot
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md CHANGELOG.md LICENSE NOTICE ./
COPY bot bot
COPY knowledge knowledge
COPY templates templates
RUN python -m venv /opt/clinicbot \
 && /opt/clinicbot/bin/pip install --no-cache-dir --constraint constraints.txt '.[postgresql]' \
 && /opt/clinicbot/bin/python -m compileall -q /opt/clinicbot

FROM python:3.12-slim-bookworm
# pg_dump and pg_restore, for backups of PostgreSQL; they must not be older than your server (compose.yaml).
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-15 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin clinicbot \
 && install --directory --owner=clinicbot --group=clinicbot --mode=0700 /data /backups
COPY --from=build /opt/clinicbot /opt/clinicbot
ENV PATH=/opt/clinicbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CLINICBOT_DATA_DIR=/data \
    CLINICBOT_HOST=0.0.0.0 \
    CLINICBOT_PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# Whether it can answer, with its own Python: there is no curl here, and none is needed. The first start learns the
# texts, which takes minutes where they are a clinic's own.
HEALTHCHECK --interval=30s --timeout=5s --start-period=600s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"CLINICBOT_PORT\"]}/readyz', timeout=4)"]
CMD ["clinicbot", "serve"]
