"""Who works at Hollis & Brandt, makers of laboratory glass, in which team, and what they ask about."""

from dataclasses import dataclass

DOMAIN = "hollisbrandt.example"
DESK, BUILDING, APPLICATIONS = "Service desk", "Facilities", "Business applications"


@dataclass(frozen=True)
class Colleague:
    """Somebody at the company; `key` is how the stories call them."""

    key: str
    name: str
    role: str = "requester"
    teams: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    zone: str = "Europe/Berlin"

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.key}@{DOMAIN}"


FOUNDER = Colleague("marguerite", "Marguerite Achterberg", "administrator", (DESK,))
STAFF = (
    Colleague("tomasz", "Tomasz Wiśniewski", "manager", (DESK, APPLICATIONS)),
    Colleague("ronke", "Rónkẹ́ Adébáyọ̀-Ellis", "manager", (BUILDING,)),
    Colleague("priya", "Priya Raman", "agent", (DESK,), ("Accounts and access", "Onboarding", "Software")),
    Colleague("junho", "Bae Jun-ho", "agent", (DESK, APPLICATIONS), ("Network and Wi-Fi", "Printing")),
    Colleague("saoirse", "Saoirse O'Neil", "agent", (BUILDING,), ("Lab equipment",)),
    Colleague("lars", "Lars-Erik Ågren", "agent", (APPLICATIONS,), ("Payroll and time",)),
    Colleague("bianca", "Bianca D'Angelo"),
    Colleague("lina", "李娜 (Li Na)"),
    Colleague("jennifer", "Jennifer Null"),
    Colleague("bjorg", "Björg Guðmundsdóttir"),
    Colleague("suharto", "Suharto"),
    Colleague("renee", "Renée-Antoinette van der Steen-Vandenberghe"),
)
CATEGORIES = {
    "Accounts and access": DESK,
    "Email and calendar": DESK,
    "Hardware": DESK,
    "Network and Wi-Fi": DESK,
    "Onboarding": DESK,
    "Printing": DESK,
    "Software": DESK,
    "Building and rooms": BUILDING,
    "Lab equipment": BUILDING,
    "Orders and accounting": APPLICATIONS,
    "Payroll and time": APPLICATIONS,
}
"""Each category's name and the team that gets its tickets; “General” is there in every desk."""
