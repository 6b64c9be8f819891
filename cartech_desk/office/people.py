"""People of the shop: registering, approval, signing in, PINs; every act of it is audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cartech_desk.domain.people import Actor, Role
from cartech_desk.office.session import Session
from cartech_desk.store.store import Store


class Standing(StrEnum):
    """Whether a person may sign in."""

    WAITING = "waiting"
    """Registered, not yet approved by an administrator."""
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """One person, without any secret. `has_pin` tells whether a PIN can be used now."""

    id: str
    email: str
    name: str
    certification: str
    role: Role
    standing: Standing
    registered: datetime
    decided_by: str = ""
    has_pin: bool = False

    @property
    def actor(self) -> Actor:
        """The person as the actor of an act."""
        return Actor(self.id, self.name, self.role)


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop: `units` metric, imperial or mixed; `currency` an ISO 4217 code."""

    id: str
    name: str
    units: str
    currency: str


class People:
    """The people of one desk.

    Every method may block for half a second (bcrypt): not in the GUI thread. Acts of a person take
    `by`, the actor, and need its right.
    """

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session

    def founded(self) -> bool:
        """Tell whether the shop is set up: there is an administrator. Quick."""
        raise NotImplementedError

    def shop(self) -> Shop | None:
        """Return the shop; None before it is set up."""
        raise NotImplementedError

    def found(
        self, *, shop: str, units: str, currency: str, name: str, email: str, password: str
    ) -> Person:
        """Set the shop up with its first administrator, who is signed in then. One transaction.

        Errors: PersonRefused (field, what is wrong), FoundedAlready.
        """
        raise NotImplementedError

    def register(
        self,
        *,
        name: str,
        email: str,
        certification: str,
        password: str,
        role: Role = Role.TECHNICIAN,
    ) -> Person:
        """Register oneself; waits for approval. Errors: PersonRefused."""
        raise NotImplementedError

    def add(
        self, by: Actor, *, name: str, email: str, certification: str, password: str, role: Role
    ) -> Person:
        """Add a person who is active at once. Errors: PersonRefused, RightMissing."""
        raise NotImplementedError

    def list(self) -> Sequence[Person]:
        """Everybody: those who wait first, then by name."""
        raise NotImplementedError

    def approve(self, by: Actor, person_id: str, role: Role | None = None) -> Person:
        """Let a person in who waits, or one who was disabled."""
        raise NotImplementedError

    def disable(self, by: Actor, person_id: str, reason: str = "") -> Person:
        """Shut a person out. Errors: LastAdministrator."""
        raise NotImplementedError

    def change_role(self, by: Actor, person_id: str, role: Role) -> Person:
        """Give a person another role. Errors: LastAdministrator."""
        raise NotImplementedError

    def sign_in(self, email: str, password: str) -> Person:
        """Sign in with the password, and enter the session.

        Errors: SignInRefused (one wording for every reason that would tell a stranger something),
        TooManyTries with the seconds to wait.
        """
        raise NotImplementedError

    def switch(self, person_id: str, pin: str) -> Person:
        """Take over at the bay with a PIN; also unlocks. Errors: SignInRefused, TooManyTries."""
        raise NotImplementedError

    def quick(self) -> Sequence[Person]:
        """Those who can take over with a PIN now, the one at the desk first."""
        raise NotImplementedError

    def set_pin(self, by: Actor, pin: str) -> None:
        """Set one's own PIN: 4 to 8 digits, none that anybody would try first."""
        raise NotImplementedError

    def change_password(self, by: Actor, old: str, new: str) -> None:
        """Change one's own password. Errors: PersonRefused (weak, reused), SignInRefused."""
        raise NotImplementedError

    def reset_password(self, by: Actor, person_id: str, new: str) -> None:
        """Give a person who forgot it another password; takes the PIN away too."""
        raise NotImplementedError

    def sign_out(self) -> None:
        """Sign out whoever is at the desk."""
        raise NotImplementedError

    def lock(self) -> None:
        """Lock the desk."""
        raise NotImplementedError
