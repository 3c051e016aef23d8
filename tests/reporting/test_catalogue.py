"""The catalogue of laws is current, complete, and accounts for every entry."""

import re
from dataclasses import replace

from bayes_scaling.models import LAWS
from bayes_scaling.reporting import catalogue
from bayes_scaling.reporting.catalogue_entries import ENTRIES, complete_entries

COMPLETE = complete_entries(LAWS)
README = catalogue.PATH.read_text(encoding="utf-8")
COLUMNS = re.compile(r"(?<!\\)\|")  # a bar between two cells


def test_the_file_is_current():
    assert README == catalogue.readme(LAWS), "run python -m bayes_scaling.reporting.catalogue"


def test_every_entry_is_there():
    assert list(ENTRIES) == [f"L{i:02d}" for i in range(1, 45)] + [
        f"X{i:02d}" for i in range(1, 16)
    ]
    assert list(COMPLETE)[: len(ENTRIES)] == list(ENTRIES)
    for paper, laws, remark in COMPLETE.values():
        assert re.search(r"20\d\d.*arXiv \d{4}\.\d{5}", paper), paper
        assert laws or remark.startswith(("no formula", "unverified", "not a law"))


def test_every_entry_but_one_has_a_law():
    """The formula of L18 is in a version of its paper that was not readable."""
    assert [entry for entry, (_, laws, _) in ENTRIES.items() if not laws] == ["L18"]


# laws with verified formulas that readers ask for beside those entries
READY = """autoscale autoscale_domain projektor projektor_size slice_brier brier_accuracy
    step_lr step_batch lr_batch joint_moe efficiency_leverage moe_five_factor ptq_tokens qat
    mixture_additive mixture_size functional_schedule sparse_upcycling repetition_penalty
    routed_floor selected_loss choice_probability recommender_data wsd_chinchilla"""


def test_every_law_that_is_ready_is_there():
    assert set(READY.split()) <= set(LAWS)


def test_every_entry_has_its_laws():
    missing = {
        entry: [name for name in laws if name not in LAWS]
        for entry, (_, laws, _) in COMPLETE.items()
    }
    assert not {entry: names for entry, names in missing.items() if names}


def test_every_law_belongs_to_an_entry():
    named = {name for _, laws, _ in COMPLETE.values() for name in laws}
    assert set(LAWS) <= named


def test_a_law_that_no_entry_names_has_its_own():
    law = next(iter(LAWS.values()))
    paper = {"citation": "Doe et al. 2024, A Law", "arxiv": "2401.00001", "bibtex": ""}
    first, second = (replace(law, name=name, **paper) for name in ("first", "second"))
    given = {"L01": ("a paper", ["named"], "a remark"), "X01": ("another paper", [], "no formula")}
    laws = {"first": first, "named": replace(law, name="named"), "second": second}
    cited = "Doe et al. 2024, A Law, arXiv 2401.00001"
    assert complete_entries(laws, given) == {
        **given,
        "X02": (cited, ["first"], ""),
        "X03": (cited, ["second"], ""),
    }
    assert f"| X02 | {cited} | [`first`](#first) |  |" in catalogue.readme(laws, given)
    assert complete_entries({"named": laws["named"]}, given) == given


def test_every_law_is_listed_with_the_paper_it_cites():
    papers = {
        law: " ".join(paper for paper, laws, _ in COMPLETE.values() if law in laws) for law in LAWS
    }
    assert [name for name, law in LAWS.items() if law.arxiv not in papers[name]] == []


def test_every_law_has_a_section_with_all_of_its_metadata():
    for law in LAWS.values():
        assert f"[`{law.name}`](#{law.name.lower()})" in README
        section = README.split(f"\n## {law.name}\n")[1].split("\n## ")[0]
        assert (
            law.formula in section
            and law.latex in section
            and f"arxiv.org/abs/{law.arxiv}" in section
        )
        for text in (
            law.title,
            law.applies,
            law.fails,
            law.citation,
            str(law.noise),
            *law.inputs.values(),
        ):
            assert catalogue.plain(text) in section
        for q in law.sites:
            assert (
                catalogue.plain(q.meaning) in section
                and f"`{q.sampled}`" in section
                and catalogue.cell(q.prior) in section
            )
        for setting, values in law.published.items():
            line = next(
                line
                for line in section.splitlines()
                if line.startswith(f"| {catalogue.cell(setting)} |")
            )
            assert f"| {values.checked} |" in line and all(
                f"| {catalogue.cell(float(values.values[name]))} |" in line for name in law.names
            )


def test_tables_are_complete():
    """Every row of a table has as many cells as its header."""
    for block in re.findall(r"(?:^\|.*\n)+", README, re.M):
        assert len({len(COLUMNS.findall(line)) for line in block.splitlines()}) == 1


def test_letters_of_markdown_are_escaped():
    law = next(iter(LAWS.values()))
    odd = replace(law, name="Odd", title="a*b*c <d> `k|k*`", applies="x | y\nand *z*")
    text = catalogue.law_section(odd)
    assert r"a\*b\*c \<d> `k|k*`." in text and r"- Applies to: x | y and \*z\*." in text
    assert catalogue.cell("a|b `c|d`") == r"a\|b `c\|d`"
    assert catalogue.cell(0.1234567) == "0.123457"
    assert "[`Odd`](#odd)" in catalogue.readme(
        {"Odd": odd}, {"L01": ("a paper", ["Odd", "planned"], "")}
    )
    assert "`planned`" in catalogue.readme(
        {"Odd": odd}, {"L01": ("a paper", ["Odd", "planned"], "")}
    )


def test_main_writes_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "PATH", tmp_path / "README.md")
    catalogue.main([])
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == catalogue.readme(LAWS)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
