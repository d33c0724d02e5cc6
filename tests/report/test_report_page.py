"""The page: its numbers are those of the results, it needs no network, and it says what is missing."""

import base64
import re
from pathlib import Path

import av
import pytest
from lxml import html

from lead import InputError
from lead.drive.ending import Ending
from lead.report import clips
from lead.report.page import Videos, write_report
from lead.report.replay import HEIGHT, WIDTH
from lead.score.checkpoint import read_results
from tests.report.run_folders import HIT, SLOW, Outcome, write_log, write_run

NOWHERE = "Nowhere"  # a town that is not here: drawn without a map, which is quick
STYLE = Path(__file__).parents[2] / "lead" / "report" / "templates" / "page.css"


@pytest.fixture
def two_runs(tmp_path):
    """An expert that hit a car on one of two routes, and a blind agent that did not get far."""
    crashed = Outcome(infractions=[(3.0, *HIT), (3.5, *SLOW)], seconds=4.0)
    write_run(tmp_path / "expert", {"1": Outcome(), "2": crashed}, routes="mini:1,2", results=True)
    write_run(tmp_path / "blind", {"1": Outcome(40.0), "2": Outcome(0.0)}, agent="blind", routes="mini:1,2")
    for run in ("expert", "blind"):
        for route in ("1", "2"):
            write_log(tmp_path / run / "logs" / f"{route}.npz", crashed, route, run, NOWHERE)
    return tmp_path


def written(paths, out, **options):
    """The page as a parsed document."""
    return html.fromstring(write_report(paths, out, **options).page.read_text())


def cells(page, group):
    """Figures of the row of a group in the score table, by name."""
    row = next(row for row in page.xpath("//table[@id='score-table']/tbody/tr") if row.xpath("string(th)") == group)
    return {cell.get("data-figure"): cell.text_content() for cell in row.xpath("td[@data-figure]")}


def test_figures_on_the_page_are_those_of_the_result_files(two_runs, tmp_path):
    page = written([two_runs / "expert", two_runs / "blind"], tmp_path / "page.html", videos=Videos.NONE)
    for name in ("expert", "blind"):
        mean = read_results(two_runs / name / "results.json").global_record.scores_mean
        told = cells(page, name)
        assert told["driving_score"] == f"{mean.score_composed:.2f}"
        assert told["route_completion"] == f"{mean.score_route:.2f}"
        assert told["infraction_penalty"] == f"{mean.score_penalty:.4f}"
    assert cells(page, "expert")["success_rate"] == "50.00"
    records = {r.route: r for r in read_results(two_runs / "expert" / "results.json").records}
    for route, record in records.items():
        line = page.xpath(f"//tbody[@id='route-{route}']//tr[@class='drive']")[0]
        assert line.xpath("string(td[@class='ds'])") == f"{record.scores.score_composed:.1f}"


def test_spread_over_seeds_is_on_the_page(tmp_path):
    for seed, completion in enumerate((100.0, 80.0)):
        write_run(tmp_path / f"s{seed}", {"1": Outcome(completion)}, seed=seed, routes="mini:1", logs=False)
    assert cells(written([tmp_path], tmp_path / "page.html"), "expert")["driving_score"] == "90.00 ± 14.14"


def test_an_embedded_score_is_never_called_one_of_carla(two_runs, tmp_path):
    page = written([two_runs], tmp_path / "page.html", videos=Videos.NONE)
    said = " ".join(" ".join(page.xpath("//header//text() | //main//text()")).split())
    assert "Simulator: embedded. These are scores in lead’s own embedded simulator." in said
    assert said.count("CARLA") == 1 and "They are not scores in CARLA" in said


def test_a_score_in_carla_names_its_version(two_runs, tmp_path):
    path = two_runs / "expert" / "results.json"
    path.write_text(path.read_text().replace('"simulator": "embedded"', '"simulator": "CARLA 0.9.15"'))
    page = written([path], tmp_path / "page.html", videos=Videos.NONE)
    said = page.xpath("string(//header)")
    assert "Simulator: CARLA 0.9.15." in said and "embedded" not in said


def test_the_page_needs_nothing_else(two_runs, tmp_path):
    page = written([two_runs], tmp_path / "page.html")
    links = [value for value in page.xpath("//@src | //@href | //@data-href | //@srcset") if not value.startswith("#")]
    assert all(link.startswith("data:") for link in links)
    assert not page.xpath("//link | //iframe | //script[@src]")
    assert "url(" not in STYLE.read_text() and "@import" not in STYLE.read_text()


def test_clips_in_the_page_play(two_runs, tmp_path):
    page = written([two_runs], tmp_path / "page.html")
    held = page.xpath("//script[@type='text/plain']")
    assert len(held) == 4 and len(page.xpath("//video")) == 4
    path = tmp_path / "clip.mp4"
    path.write_bytes(base64.b64decode(held[0].text))
    with av.open(str(path)) as clip:
        stream = clip.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (WIDTH, HEIGHT) and stream.average_rate == 10
        assert sum(1 for _ in clip.decode(video=0)) == 40
    button = page.xpath("//tbody[@id='route-2']//button[contains(@class, 'ev')]")[0]
    assert button.get("data-time") == "3.00"
    assert button.get("data-clip") in {each.get("id").removeprefix("clip-") for each in held}


def test_clips_beside_the_page_are_found_from_it(two_runs, tmp_path):
    page = written([two_runs], tmp_path / "out" / "page.html", videos=Videos.BESIDE)
    places = page.xpath("//video/@data-href")
    assert len(places) == 4 and all((tmp_path / "out" / place).stat().st_size > 1000 for place in places)
    assert not page.xpath("//script[@type='text/plain']")


def test_a_clip_is_made_once_and_anew_when_its_log_changes(two_runs, tmp_path):
    def there():
        return {path.name: path.stat().st_mtime_ns for path in (two_runs / "expert" / "videos").iterdir()}

    write_report([two_runs / "expert"], tmp_path / "page.html")
    first = there()
    write_report([two_runs / "expert"], tmp_path / "page.html")
    assert there() == first and len(first) == 2
    write_log(two_runs / "expert" / "logs" / "1.npz", Outcome(seconds=3.0), "1", "expert", NOWHERE)
    write_report([two_runs / "expert"], tmp_path / "page.html")
    assert write_report([two_runs / "expert"], tmp_path / "page.html", videos=Videos.MADE).clips == 2
    assert len(there()) == 2 and len(set(there()) & set(first)) == 1
    next((two_runs / "expert" / "videos").iterdir()).unlink()
    assert write_report([two_runs / "expert"], tmp_path / "page.html", videos=Videos.MADE).clips == 1


def test_a_long_drive_is_shown_with_fewer_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(clips, "MOST_FRAMES", 30)
    write_run(tmp_path / "run", {"1": Outcome()}, routes="mini:1", logs=False)
    seconds = 5.0
    write_log(tmp_path / "run" / "logs" / "1.npz", Outcome(seconds=seconds), "1", "expert", NOWHERE)
    write_report([tmp_path / "run"], tmp_path / "page.html")
    with av.open(str(next((tmp_path / "run" / "videos").iterdir()))) as clip:
        stream = clip.streams.video[0]
        assert stream.average_rate == 5 and float(clip.duration) / av.time_base == pytest.approx(seconds, abs=0.3)


def test_a_broken_off_run_gives_a_page_that_says_so(tmp_path):
    outcomes = {"1": Outcome(), "2": Outcome(0.0, ending=Ending.SIMULATOR_FAULT, failure="Simulation crashed")}
    write_run(tmp_path / "run", outcomes, results=False, logs=False)
    page = written([tmp_path / "run"], tmp_path / "page.html")
    said = page.xpath("string(//div[@id='gaps'])")
    assert "1 of 3 routes have no result yet (5)" in said
    assert "route 2 ended by simulator fault: the server died" in said
    assert page.xpath("string(//table[@id='score-table']//td[last()])") == "2 of 3"


def test_a_run_that_has_only_begun_gives_a_page(tmp_path):
    write_run(tmp_path / "run", {}, results=False)
    page = written([tmp_path / "run"], tmp_path / "page.html")
    assert "3 of 3 routes have no result yet" in page.xpath("string(//div[@id='gaps'])")


def test_two_runs_are_compared(two_runs, tmp_path):
    page = written([two_runs / "expert", two_runs / "blind"], tmp_path / "page.html", videos=Videos.NONE)
    assert page.xpath("string(//section[@aria-labelledby='differences']/h3)") == "blind minus expert"
    row = page.xpath("//section[@aria-labelledby='differences']//tbody/tr")[0]
    text = row.xpath("string(td[1])").replace("−", "-")
    assert row.xpath("string(td[2])") == "too few routes"
    ours, theirs = (
        read_results(two_runs / name / "results.json").global_record.scores_mean.score_composed
        for name in ("expert", "blind")
    )
    assert float(text) == pytest.approx(theirs - ours, abs=0.006)


def test_names_from_outside_stay_text(tmp_path):
    name = "<script>alert(1)</script>"
    write_run(tmp_path / "run", {"1": Outcome(type="</b><img src=x>")}, agent=name, routes="mini:1", logs=False)
    write_run(tmp_path / "b", {"1": Outcome()}, agent="b", routes="mini:1", logs=False)
    page = written([tmp_path / "run", tmp_path / "b"], tmp_path / "page.html")
    assert not page.xpath("//img") and len(page.xpath("//script")) == 1
    assert name in page.xpath("string(//title)")


def test_everything_has_a_name_for_those_who_do_not_see_it(two_runs, tmp_path):
    page = written([two_runs], tmp_path / "page.html")
    assert page.get("lang") == "en" and len(page.xpath("//h1")) == 1
    for image in page.xpath("//svg[not(@aria-hidden)]"):
        assert image.get("role") == "img" and image.xpath("string(title)")
    assert all(video.get("aria-label") for video in page.xpath("//video"))
    assert all(button.text_content().strip() or button.get("aria-label") for button in page.xpath("//button"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = [link.removeprefix("#") for link in page.xpath("//nav/a/@href")]
    assert targets and set(targets) <= set(ids)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_the_paper(theme):
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.S)[theme]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
    for ink in ("ink", "soft", "link", "bad", "warn", "good"):
        for paper in ("paper", "raised"):
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    for group in range(6):
        assert contrast(colours[f"g{group}"], colours["paper"]) >= 3.0  # of graphics
    for mark in ("bad", "warn", "soft"):
        assert contrast(colours["mark"], colours[mark]) >= 4.5


def contrast(one, other):
    """Ratio of luminances as WCAG 2 defines it."""

    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = (int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4))
        return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
                   for w, c in zip((0.2126, 0.7152, 0.0722), parts))  # fmt: skip

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_where_nothing_is_found_it_is_said(tmp_path):
    with pytest.raises(InputError, match="no evaluated run"):
        write_report([tmp_path], tmp_path / "page.html")
    with pytest.raises(InputError, match="found nothing at"):
        write_report([tmp_path / "absent"], tmp_path / "page.html")


def test_a_page_stands_even_if_the_making_of_clips_is_broken_off(two_runs, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(clips, "film", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report([two_runs / "expert"], tmp_path / "page.html")
    page = html.fromstring((tmp_path / "page.html").read_text())
    assert len(page.xpath("//tr[@class='drive']")) == 2 and not page.xpath("//video")


def test_clips_of_failed_drives_alone(two_runs, tmp_path):
    page = written([two_runs / "expert"], tmp_path / "page.html", videos=Videos.FAILED)
    assert page.xpath("//video/ancestor::tbody/@id") == ["route-2"]


def test_infractions_per_kilometre_are_those_of_the_global_record(two_runs, tmp_path):
    page = written([two_runs / "expert"], tmp_path / "page.html", videos=Videos.NONE)
    rates = read_results(two_runs / "expert" / "results.json").global_record.infractions
    row = page.xpath("//tr[th='collision with a vehicle'][ancestor::details]")[0]
    assert row.xpath("string(td)") == f"{rates['collisions_vehicle']:.2f}"


def test_a_part_of_a_benchmark_says_so(tmp_path):
    write_run(tmp_path / "run", {"1": Outcome()}, routes="mini:1", protocol="bench2drive-0.0.3", logs=False)
    notes = written([tmp_path / "run"], tmp_path / "page.html").xpath("//details/ul/li/text()")
    assert "expert: 1 of 220 drives of bench2drive-0.0.3; convention: only driven routes" in notes
