"""The shipped rules: the contract's names, and the quality of what is said."""

import pytest

from advisor.model import Rulebook, ServiceClass

CONTRACT = {
    "spikes": "flat daily flash",
    "budget": "minimal moderate high",
    "ops_skill": "low medium high",
    "latency": "batch relaxed interactive realtime ultra",
    "connection": "request polling server_push duplex_socket datagram stream_ingest protocol_session",
    "continuity": "none identity draft session shared_live durable_workflow",
    "failure_tolerance": "nothing retry reconnect_and_resync lose_session",
    "consistency": "none eventual read_your_writes per_entity_serial total_order",
    "workflow": "single minutes hours days_plus",
    "client": "anonymous_machine browser rich_app constrained_device server",
    "revocation": "none minutes immediate",
    "integration": "none inbound_webhooks third_party_api standard_protocol",
    "repeat": "harmless wasteful harmful",
    "rebuild": "yes partly no",
}
NUMBERS = {"sessions", "requests_per_second", "bytes_per_session"}
ARCHETYPES = (
    "api auth cart realtime workflow document media game ingest catalog assistant files database webhook function"
)
MECHANISMS = {
    ServiceClass.STATELESS: "self_contained signed_token signed_cookie client_store edge_cache function",
    ServiceClass.HYBRID: "shared_session database_session idempotency_store opaque_token event_log "
    "durable_workflow soft_affinity",
    ServiceClass.STATEFUL: "sticky_memory replicated_memory connection_gateway actor partitioned_owner "
    "pinned_connection",
}


def test_questions_and_options_are_those_of_the_contract(rulebook: Rulebook) -> None:
    assert set(rulebook.questions) == set(CONTRACT) | NUMBERS
    for question, options in CONTRACT.items():
        assert set(rulebook.questions[question].choices) == set(options.split()), question
    assert {name for name, question in rulebook.questions.items() if question.is_number} == NUMBERS


def test_six_questions_are_about_the_system(rulebook: Rulebook) -> None:
    assert {question.id for question in rulebook.system_questions} == NUMBERS | {"spikes", "budget", "ops_skill"}


def test_mechanisms_come_simplest_first_with_the_class_of_the_contract(rulebook: Rulebook) -> None:
    wanted = [(name, word) for word, names in MECHANISMS.items() for name in names.split()]
    assert [(each.id, each.service_class) for each in rulebook.mechanisms.values()] == wanted


def test_archetypes_answer_every_question_about_a_component(rulebook: Rulebook) -> None:
    assert list(rulebook.archetypes) == ARCHETYPES.split()
    for archetype in rulebook.archetypes.values():
        assert set(archetype.answers) == {question.id for question in rulebook.component_questions}, archetype.id


def test_there_are_ten_concerns_and_each_is_argued(rulebook: Rulebook) -> None:
    assert len(rulebook.concerns) == 10
    assert {rule.concern for rule in rulebook.rules} == set(rulebook.concerns)


def test_there_are_rules_enough_for_every_mechanism_and_question(rulebook: Rulebook) -> None:
    assert len(rulebook.rules) >= 45
    for mechanism in rulebook.mechanisms:
        named = [rule for rule in rulebook.rules if mechanism in rule.points]
        assert any(rule.points[mechanism] > 0 for rule in named), f"nothing speaks for {mechanism}"
    looked_at = {question for rule in rulebook.rules for question in rule.when.questions}
    looked_at |= {question for each in rulebook.requirements for question in each.when.questions}
    for fact in rulebook.facts.values():
        looked_at |= set(fact.factors)
    assert looked_at >= set(rulebook.questions), "a question is asked for nothing"


def test_every_argument_is_one_sentence(rulebook: Rulebook) -> None:
    for argument in (*rulebook.rules, *rulebook.requirements, *rulebook.companions):
        assert argument.because.endswith("."), argument.id
        assert ". " not in argument.because, f"{argument.id} says more than one sentence"
        assert argument.because[0].isupper(), argument.id


@pytest.mark.parametrize("columns", [76])
def test_every_choice_fits_a_line_with_its_help(rulebook: Rulebook, columns: int) -> None:
    lists = [question.options for question in rulebook.questions.values()]
    lists.append(tuple(rulebook.archetypes.values()))  # type: ignore[arg-type]
    for options in lists:
        margin = max((len(option.label) for option in options), default=0) + 2
        for option in options:
            assert margin + len(option.help) <= columns, option.id
            assert len(option.label) <= 34, option.id
