"""Who is at the sandbox's university: one educator, two tutors and twelve learners."""

import uuid

from lti_tool.sandbox.records import Course, Person
from lti_tool.sandbox.storage import Store

# given name, family name, locale, role; ids start at 2 as in a fresh Moodle, where 1 is the guest.
_CAST = (
    ("Claire", "Moreau", "fr", "educator"),
    ("Daniel", "Whitcombe", "en", "tutor"),
    ("ليلى", "الحداد", "ar", "tutor"),
    ("Amina", "Okafor", "en", "learner"),
    ("Benoît", "Lefèvre", "fr", "learner"),
    ("Chloé", "Dubois", "fr", "learner"),
    ("Élodie", "Garnier", "fr", "learner"),
    ("Frances", "O’Connell", "en", "learner"),
    ("يوسف", "المنصوري", "ar", "learner"),
    ("مريم", "بن علي", "ar", "learner"),
    ("さくら", "田中", "ja", "learner"),
    ("健太", "佐藤", "ja", "learner"),
    ("Imogen", "Hartley", "en", "learner"),
    ("Jules", "Petit", "fr", "learner"),
    ("Kofi", "Mensah", "en", "learner"),
)
_WITHOUT_EMAIL = "Jules"
_ANONYMOUS = "Kofi"
_ASCII = {
    "ليلى": "layla",
    "يوسف": "youssef",
    "مريم": "maryam",
    "さくら": "sakura",
    "健太": "kenta",
    "Benoît": "benoit",
    "Chloé": "chloe",
    "Élodie": "elodie",
}


def make_cast(store: Store) -> None:
    """Fill an empty store with the fifteen people."""
    for number, (given, family, locale, role) in enumerate(_CAST, start=2):
        username = _ASCII.get(given, given).lower()
        name = f"{family} {given}" if locale == "ja" else f"{given} {family}"
        person = Person(
            id=str(number),
            username=username,
            name=name,
            given_name=given,
            family_name=family,
            email=f"{username}@library.example",
            locale=locale,
            role=role,
            shares_name=given != _ANONYMOUS,
            shares_email=given not in (_WITHOUT_EMAIL, _ANONYMOUS),
        )
        store.people.put(person.id, person)


def make_crowd(store: Store, count: int, role: str = "learner") -> list[Person]:
    """Add ``count`` more people with invented names, for rosters of any size; return them."""
    crowd = []
    for _ in range(count):
        number = 1000 + store.next_number("crowd")
        person = Person(
            id=str(number),
            username=f"person{number}",
            name=f"Person {number}",
            given_name="Person",
            family_name=str(number),
            email=f"person{number}@library.example",
            locale="en",
            role=role,
        )
        crowd.append(store.people.put(person.id, person))
    return crowd


def role_in(course: Course, person: Person) -> str:
    """Return educator, tutor, learner, inactive (suspended), or "none" for not in the course."""
    return course.roles.get(person.id, person.role)


def members(store: Store, course: Course) -> list[tuple[Person, str]]:
    """Return everybody who is in the course with their role there."""
    pairs = [(person, role_in(course, person)) for person in store.people.all()]
    return [(person, role) for person, role in pairs if role != "none"]


def find_person(store: Store, who: str) -> Person | None:
    """Find a person by id, user name or full name."""
    found = store.people.get(who)
    if found is not None:
        return found
    return next((p for p in store.people.all() if who in (p.username, p.name)), None)


def uuid_of(base_url: str, person_id: str) -> str:
    """Return the id of a person as the platforms that use UUIDs would send it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base_url}/people/{person_id}"))
