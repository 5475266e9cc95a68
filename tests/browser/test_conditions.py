"""Under which conditions the numbers were made, on screen: each code, and what it means."""

from playwright.sync_api import expect

from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.evaluation.conditions import conditions_of
from tests.widget.workbench.test_conditions import partly_labelled, under


def test_each_caution_of_the_headline_leads_to_its_documentation_sentence(open_bare):
    bare = open_bare(under(*Code))
    headline = bare.root.get_by_role("region", name="Headline")
    told = bare.root.get_by_role("list", name="Conditions").get_by_role("listitem")
    expect(told).to_have_count(0)
    for code in Code:
        lead = headline.get_by_role("button", name=code.page.title, exact=True)
        expect(lead).to_have_count(1 if code.page.careful else 0)
    headline.get_by_role("button", name=Code.TOO_FEW.page.title, exact=True).click()
    expect(told).to_have_count(len(Code))
    expect(told.first).to_be_in_viewport()
    expect(told.and_(bare.page.locator(".cew-condition-led"))).to_contain_text(str(Code.TOO_FEW))
    for code in Code:
        one = told.filter(has_text=f"{code}: {code.page.title}")
        expect(one).to_contain_text(code.page.meaning)
        expect(one).to_contain_text(code.page.advice)


def test_the_number_of_unlabelled_inputs_and_the_concepts_too_few_to_judge_are_named(open_bare):
    bare = open_bare(partly_labelled())
    headline = bare.root.get_by_role("region", name="Headline")
    headline.get_by_role("button", name="unlabelled inputs left out", exact=True).click()
    told = bare.root.get_by_role("list", name="Conditions").get_by_role("listitem")
    expect(told.filter(has_text="CEW008")).to_contain_text(
        "2 inputs of 5 have no known label: left out of every count."
    )
    told.filter(has_text="CEW011").get_by_role("button", name="cat").click()
    chosen = bare.root.get_by_role("table", name="Concepts").locator("[aria-current=true] [data-concept]")
    expect(chosen).to_have_attribute("data-concept", "cat")


def test_the_row_of_a_concept_and_the_lines_under_the_plots_say_what_touches_it(open_bare):
    bare = open_bare(partly_labelled())
    e = bare.widget.evaluation
    touched = [one for one in conditions_of(e) if one.code.page.careful and one.concepts]
    concept = touched[0].concepts[0]
    table = bare.root.get_by_role("table", name="Concepts")
    row = table.get_by_role("row").filter(has=bare.page.locator(f'[data-concept="{concept}"]'))
    for name in e.concepts:
        of = table.get_by_role("row").filter(has=bare.page.locator(f'[data-concept="{name}"]'))
        expect(of.locator(".cew-careful")).to_have_count(int(any(name in one.concepts for one in touched)))
    row.locator("[data-concept]").click()
    for code in {one.code for one in conditions_of(e) if one.code.page.careful and one.touches(concept)}:
        expect(bare.root.locator(".cew-plots")).to_contain_text(f"{code} · ")
        bare.root.locator(".cew-plots").get_by_role("button", name=f"{code}: {code.page.title}").first.click()
        led = bare.root.get_by_role("listitem").and_(bare.page.locator(".cew-condition-led"))
        expect(led).to_contain_text(f"{code}: {code.page.title}")
    row.get_by_role("button", name=f"{touched[0].code}: {touched[0].code.page.title}").click()
    expect(bare.root.get_by_role("list", name="Conditions").get_by_role("listitem").first).to_be_in_viewport()
