"""People who curate: who they are and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.store.staff import Account


class Role(StrEnum):
    """What somebody may do. Everybody may edit; a clinician approves; an admin manages accounts and settings."""

    EDITOR = "editor"
    CLINICIAN = "clinician"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account. `name` is how they stand in histories and reviews."""

    user_id: int
    email: str
    name: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Whether a view that requires `role` is open to them."""
        return role in self.roles or (role is Role.EDITOR and bool(self.roles))

    @property
    def is_admin(self) -> bool:
        """Whether they manage accounts and settings."""
        return Role.ADMIN in self.roles

    @property
    def is_clinician(self) -> bool:
        """Whether they approve revisions."""
        return Role.CLINICIAN in self.roles


def user_of(account: Account) -> User:
    """The person of a stored account."""
    roles = frozenset(Role(role) for role in account.roles)
    return User(user_id=account.user_id, email=account.email, name=account.name, roles=roles)
