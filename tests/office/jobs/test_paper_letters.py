"""Before a paper has its number: which words cannot be printed, and that its logo is gone."""

from dataclasses import replace

import pytest

from cartech_desk.domain.jobs.job import DocumentKind, JobStatus
from cartech_desk.office.job_errors import NoPrice, NotPrintable
from cartech_desk.office.paper_letters import letters_told
from tests.office.jobs.counter_book import MANAGER, work


@pytest.mark.parametrize("kind", ["estimate", "invoice"])
def test_letters_that_the_face_lacks_are_asked_about_before_a_number_is_used(counter, kind):
    job = counter.done(work(words="دواسة الفرامل"))
    act = getattr(counter.papers, kind)
    with pytest.raises(NotPrintable, match="“دواسة الفرامل” cannot be printed"):
        act(job.id, MANAGER)
    assert counter.papers.doubts(job.id, DocumentKind(kind))[0].startswith("“دواسة")
    assert counter.papers.of_job(job.id) == ()
    assert act(job.id, MANAGER, even_so=True).number.endswith("0001")


def test_all_that_is_asked_of_an_invoice_is_told_at_once(counter):
    job = counter.open(work(0, words="漢字"))
    counter.jobs.set_status(job.id, JobStatus.DONE, MANAGER)
    with pytest.raises(NoPrice, match="lacks 漢, 字"):
        counter.papers.invoice(job.id, MANAGER)


def test_what_the_face_shows_is_not_doubted(counter):
    job = counter.done(work(words="Ölwechsel für Łukasz Šimić, 5 €, Τιμή, Цена “ok”"))
    assert counter.papers.invoice(job.id, MANAGER).number == "0001"


def test_signs_without_a_shape_are_named_by_their_number():
    assert letters_told({"a": [{"b": "Merci 🙏"}]}).endswith("lacks U+1F64F.")


def test_a_logo_that_is_gone_is_told_before(counter, tmp_path):
    counter.rules = replace(counter.rules, logo=str(tmp_path / "gone.png"))
    job = counter.done(work())
    told = counter.papers.doubts(job.id, DocumentKind.INVOICE)[0]
    assert "gone.png cannot be read" in told
    assert counter.papers.invoice(job.id, MANAGER).number == "0001"
