"""P01-P04, P08: who gets in, how often they may try, and when they are out again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import argon2
import pytest
from sqlmodel import col, select

from db import engine as engines
from db.models import ApiToken, OneTimeSecret, Person, SignIn
from db.vocabulary import Permission, Purpose, Source
from lib import transactions
from lib.access import roles
from lib.core import clock, settings
from lib.core.errors import Invalid, TooMany
from lib.identity import api_tokens, login_attempts, one_time_tokens, passwords, sessions
from lib.people import accounts, teams
from lib.transactions import act, see
from tests import cast


@pytest.fixture
def work(monkeypatch):
    """The hashes against which a password was really verified; the work itself is left out."""
    asked = []

    def verify(stored, _password):
        asked.append(stored)
        raise argon2.exceptions.VerifyMismatchError

    monkeypatch.setattr(argon2.PasswordHasher, "verify", staticmethod(verify))
    return asked


def who(secret: str | None):
    with see() as session:
        return sessions.authenticate(session, secret, channel=Source.PAGE)


def test_p01_nobody_costs_as_much_work_as_somebody(desk, work):
    """CVE-2021-38562: a peer told by its answering time who had an account."""
    real = argon2.PasswordHasher().hash(cast.PASSWORD)
    with act() as session:
        cast.get_person(session, desk.sam).password_hash = real
    with see() as session:
        found = [accounts.find_by_email(session, f"{name}@example.org") for name in ("sam.reed", "nobody")]
    for person in found:
        assert passwords.verify("wrong", against=person.password_hash if person else None) is False
    known, unknown = (argon2.extract_parameters(stored) for stored in work)
    assert known == unknown


def test_p01_too_many_tries_say_the_same_whether_or_not_the_account_exists(desk):
    said = {}
    for account in ("sam.reed@example.org", "nobody@example.org"):
        for n in range(11):
            try:
                with act() as session:
                    login_attempts.record(session, account, address=f"10.0.0.{n}")
            except TooMany as refusal:
                said[account] = str(refusal)
    assert len(said) == 2
    assert len(set(said.values())) == 1


def guess(account: str, address: str) -> bool:
    """One wrong try as sign-in does it: count first, verify only when let through; True when verified."""
    try:
        with act() as session:
            login_attempts.record(session, account, address=address)
    except TooMany:
        return False
    passwords.verify("wrong", against=None)
    return True


def test_p02_of_200_parallel_guesses_ten_reach_verification(desk, work, database_url):
    """CVE-2022-35490: a peer's counter was raced past; CVE-2023-37635: another had none."""
    account = "sam.reed@example.org"
    with ThreadPoolExecutor(20) as pool:
        reached = list(pool.map(lambda n: guess(account, f"10.0.0.{n % 20}"), range(200)))
    assert (sum(reached), len(work)) == (10, 10)

    restarted = engines.connect(database_url)
    transactions.use_engine(restarted)
    assert not guess(account, "10.9.9.9"), "the count survives a restart"
    assert guess("bob.muir@example.org", "10.9.9.9"), "others are not delayed"
    window = timedelta(minutes=settings.current().sign_in_window_minutes)
    with clock.travel_to(clock.now() + window + timedelta(seconds=1)):
        assert guess(account, "10.9.9.9"), "after the delay the person gets in without anybody's help"
    restarted.dispose()


@pytest.mark.parametrize(
    "spelling", [" SAM.reed@example.org", "sam.reed@example.org\t", "\u00a0Sam.Reed@Example.org "]
)
def test_p02_all_spellings_of_an_account_are_one_account(desk, spelling):
    with see() as session:
        assert accounts.find_by_email(session, spelling).name == "Sam Reed"
    for n in range(10):
        with act() as session:
            login_attempts.record(session, "sam.reed@example.org", address=f"10.0.0.{n}")
    with pytest.raises(TooMany) as refusal, act() as session:
        login_attempts.record(session, spelling, address="10.1.1.1")
    assert 0 < refusal.value.seconds <= 15 * 60 + 1


def test_p02_one_address_that_tries_many_accounts_at_once_is_stopped_too(desk, work):
    limit = settings.current().sign_in_attempts * login_attempts.ADDRESS_FACTOR
    with ThreadPoolExecutor(20) as pool:
        reached = list(pool.map(lambda n: guess(f"p{n}@example.org", "10.0.0.1"), range(limit + 30)))
    assert sum(reached) == limit


def test_a_good_sign_in_forgets_the_tries_of_that_account_only(desk):
    for account in ("a@example.org", "b@example.org"):
        for n in range(10):
            with act() as session:
                login_attempts.record(session, account, address=f"10.0.0.{n}")
    with act() as session:
        login_attempts.clear(session, " A@example.org")
        login_attempts.record(session, "a@example.org", address="10.1.1.1")
    with pytest.raises(TooMany), act() as session:
        login_attempts.record(session, "b@example.org", address="10.1.1.1")


def test_p03_the_database_holds_hashes_of_all_secrets_and_nothing_else(desk, engine):
    cast.set_password(desk.rita)
    cookie = cast.sign_in(desk.rita)
    with act() as session:
        link = accounts.create_password_secret(session, desk.ada, cast.get_person(session, desk.sam))
        _row, token = api_tokens.create(session, desk.rita, name="script", scope="write")
    everything = []
    with engine.connect() as connection:
        for table in ("sign_in", "one_time_secret", "api_token", "person", "event"):
            everything.append(str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()))
    dump = "".join(everything)
    for secret in (cookie, link, token, cast.PASSWORD):
        assert secret not in dump
        assert len(secret) >= 22, "at least 128 bits"
    with see() as session:
        hashes = {
            *session.exec(select(SignIn.secret_hash)),
            *session.exec(select(OneTimeSecret.secret_hash)),
            *session.exec(select(ApiToken.secret_hash)),
        }
    assert hashes == {one_time_tokens.digest(s) for s in (cookie, link, token)}


def test_p03_a_cookie_from_before_is_nobody_and_each_sign_in_is_new(desk):
    """CVE-2026-9507: session fixation."""
    assert who("chosen-by-an-attacker") is None
    assert who("") is None
    assert who(None) is None
    assert cast.sign_in(desk.sam) != cast.sign_in(desk.sam)
    assert who("chosen-by-an-attacker") is None


def test_p04_signing_out_ends_that_browser_at_once_and_no_other(desk):
    one, two = cast.sign_in(desk.rita), cast.sign_in(desk.rita)
    with act() as session:
        sessions.end(session, one)
    assert who(one) is None
    assert who(two).id == desk.rita.id


def test_p04_changing_the_password_ends_the_others(desk):
    """CVE-2022-39234: a peer's sessions outlived the account."""
    cast.set_password(desk.rita)
    here, there = cast.sign_in(desk.rita), cast.sign_in(desk.rita)
    with act() as session:
        accounts.change_password(
            session,
            who(here),
            current=cast.PASSWORD,
            new="an entirely different phrase",
        )
    assert who(here) is not None
    assert who(there) is None


def test_p04_disabling_ends_every_session_token_and_link_and_enabling_revives_none(desk):
    cookies = [cast.sign_in(desk.rita), cast.sign_in(desk.rita)]
    with act() as session:
        _row, token = api_tokens.create(session, desk.rita, name="script", scope="read")
        link = accounts.create_password_secret(session, desk.ada, cast.get_person(session, desk.rita))
        accounts.disable(session, desk.ada, cast.get_person(session, desk.rita))
    for _again in ("disabled", "enabled"):
        assert [who(cookie) for cookie in cookies] == [None, None]
        with see() as session:
            assert api_tokens.authenticate(session, token) is None
        with pytest.raises(Invalid), act() as session:
            accounts.set_password(session, link, "a phrase that nobody else has")
        with act() as session:
            accounts.enable(session, desk.ada, cast.get_person(session, desk.rita))


def test_p04_a_new_role_and_a_lost_team_count_on_the_next_look(desk):
    cookie = cast.sign_in(desk.rita)
    number = cast.create_ticket(desk.sam)
    with act() as session:
        teams.remove_member(
            session, desk.ada, cast.get_team(session, desk.service_desk), cast.get_person(session, desk.rita)
        )
    assert who(cookie).teams == frozenset()
    with act() as session:
        requester = roles.get(session, "requester")
        accounts.change_role(session, desk.ada, cast.get_person(session, desk.rita), role=requester)
    now = who(cookie)
    assert now is not None
    assert (now.role, now.staff, now.may(Permission.TICKET_CLAIM)) == ("requester", False, False)
    assert number


def test_p04_sessions_end_when_idle_and_when_old(desk):
    cookie = cast.sign_in(desk.sam)
    limits, began = settings.current(), clock.now()
    idle = timedelta(minutes=limits.session_idle_minutes)
    with clock.travel_to(began + idle - timedelta(minutes=1)):
        actor = who(cookie)
        assert actor is not None
        with act() as session:
            assert sessions.is_touch_due(session, actor)
            sessions.touch(session, actor)
    with clock.travel_to(began + idle + timedelta(minutes=1)):
        assert who(cookie) is not None, "it was used meanwhile"
    with clock.travel_to(began + 2 * idle):
        assert who(cookie) is None
    fresh = cast.sign_in(desk.sam)
    began = clock.now()
    for hours in count(1, 6):
        with clock.travel_to(began + timedelta(hours=hours)):
            actor = who(fresh)
            if actor is None:
                break
            with act() as session:
                sessions.touch(session, actor)
    assert hours >= limits.session_hours


def test_people_end_their_own_sessions_and_administrators_anybody_s(desk):
    with act() as session:
        cast_in = cast.get_person(session, desk.sam).id
    mine, theirs = cast.sign_in(desk.sam), cast.sign_in(desk.bob)
    ids = {}
    with see() as session:
        for row in session.exec(select(SignIn)):
            ids[row.person_id] = row.id
    from lib.core.errors import NotFound

    with pytest.raises(NotFound), act() as session:
        sessions.revoke(session, desk.sam, ids[desk.bob.id])
    assert who(theirs) is not None
    with act() as session:
        sessions.revoke(session, desk.sam, ids[cast_in])
        sessions.revoke(session, desk.ada, ids[desk.bob.id])
    assert (who(mine), who(theirs)) == (None, None)


GOOD = {
    "a phrase": "correct horse battery staple 9",
    "64 characters": "sixty-four characters of a phrase that only I would put together",
    "200 bytes of emoji": "\U0001f40e\U0001f50b\U0001f4ce" * 16 + "\U0001f40e\U0001f50b",
    "spaces": "  leading and trailing spaces count  ",
    "more than bcrypt takes": "seventy-two bytes are where an older method stops reading what one typed, silently",
}
BAD = {
    "short": "Password1!",
    "product": "DocketDocketDocket",
    "product, dressed up": "D0cket-2026-D0cket!",
    "own name": "SamReedSamReed2026",
    "one word over and over": "passwordpasswordpassword",
    "too long": "x" * 129,
    "NUL": "correct horse\x00battery staple",
    "half a character": "correct horse battery \ud800",
}


@pytest.mark.parametrize("password", GOOD.values(), ids=GOOD)
def test_p08_long_phrases_are_taken_whole_and_verified_exactly(password, light_hashing):
    passwords.check_strength(password, second_factor=False, about=("Sam Reed", "sam.reed@example.org"))
    stored = passwords.hash_password(password)
    assert passwords.verify(password, against=stored)
    assert not passwords.verify(password[:-1], against=stored)


@pytest.mark.parametrize("password", BAD.values(), ids=BAD)
def test_p08_what_anybody_would_guess_is_refused_with_the_reason(password):
    with pytest.raises(Invalid) as refusal:
        passwords.check_strength(password, second_factor=False, about=("Sam Reed", "sam.reed@example.org"))
    assert refusal.value.fields["password"]
    assert password not in str(refusal.value)


def test_p08_beside_a_second_factor_eight_characters_do_but_not_known_ones():
    passwords.check_strength("kx7 vq2 p", second_factor=True)
    for known in ("Password1!", "qwertyuiop", "iloveyou"):
        with pytest.raises(Invalid):
            passwords.check_strength(known, second_factor=True)


def test_p08_two_ways_to_type_one_letter_are_one_password(light_hashing):
    stored = passwords.hash_password("cafe\u0301 au lait tous les jours")
    assert passwords.verify("caf\u00e9 au lait tous les jours", against=stored)


def test_a_hash_of_nothing_matches_nothing(desk):
    """CVE-2026-53595: an empty hash matched."""
    for nothing in (None, ""):
        for password in ("", "x", "nobody has this password"):
            assert not passwords.verify(password, against=nothing)
    with see() as session:
        assert session.exec(select(Person.password_hash).where(col(Person.id) == desk.sam.id)).one() is None


class TestLinks:
    """C13: CVE-2019-14666, -13240, CVE-2026-18363, -41902, -53595: links that lived on or matched nothing."""

    def make(self, desk, **more) -> str:
        with act() as session:
            return accounts.create_password_secret(
                session, desk.ada, cast.get_person(session, desk.sam), **more
            )

    def use(self, secret: str, password: str = cast.PASSWORD) -> None:
        with act() as session:
            accounts.set_password(session, secret, password)

    def test_works_once_and_ends_every_session_and_token(self, desk):
        cookie, secret = cast.sign_in(desk.sam), self.make(desk)
        self.use(secret)
        assert who(cookie) is None
        with pytest.raises(Invalid, match="used"):
            self.use(secret)

    @pytest.mark.parametrize("nothing", ["", "x", "None", "null", "0"])
    def test_nothing_never_matches(self, desk, nothing):
        self.make(desk)
        with pytest.raises(Invalid):
            self.use(nothing)

    def test_a_newer_one_kills_the_older(self, desk):
        older, newer = self.make(desk), self.make(desk)
        with pytest.raises(Invalid):
            self.use(older)
        self.use(newer)

    @pytest.mark.parametrize(
        ("more", "lifetime"), [({}, timedelta(minutes=30)), ({"invitation": True}, timedelta(days=3))]
    )
    def test_expires(self, desk, more, lifetime):
        secret = self.make(desk, **more)
        with clock.travel_to(clock.now() + lifetime + timedelta(seconds=1)), pytest.raises(Invalid):
            self.use(secret)
        self.use(secret)

    def test_a_weak_password_does_not_use_it_up(self, desk):
        secret = self.make(desk)
        with pytest.raises(Invalid, match="at least 15"):
            self.use(secret, "short")
        self.use(secret)

    def test_is_good_for_its_own_purpose_only(self, desk):
        secret = self.make(desk)
        for purpose in set(Purpose) - {Purpose.PASSWORD}:
            with pytest.raises(Invalid), act() as session:
                one_time_tokens.redeem(session, purpose, secret)
        self.use(secret)

    def test_leaves_the_second_factor_on(self, desk):
        """ASVS 6.4.3."""
        with act() as session:
            cast.get_person(session, desk.sam).totp_secret = "JBSWY3DPEHPK3PXP"
        self.use(self.make(desk))
        with see() as session:
            assert cast.get_person(session, desk.sam).totp_secret is not None
