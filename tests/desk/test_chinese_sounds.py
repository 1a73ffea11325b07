"""Pages of sound and film in Chinese: what was heard, notes and tests by people, rights of a cover, every answer."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Cast
from tests.desk.conftest import Browser
from tests.desk.drawn import said
from tests.desk.test_bench import text_of
from tests.desk.test_chinese_around import reader
from tests.desk.test_chinese_matching import CODES, NAMES, TYPED
from tests.desk.test_sound import held, recording_of
from tests.desk.test_sound_seen import filmed, sung
from tests.desk.timed import SPOKEN, SUNG, Finding, case_of_recordings, film, wav
from tests.reading import english
from webapp.core.db import transaction
from webapp.core.i18n import speaking
from webapp.desk import heard, seen
from webapp.domain.matching import here

Enter = Callable[[str], Browser]
OWN = ("alleged.wav", "alleged.mp4", "reference.wav", "reference.mp4", "A woman sings.", "Zhou Yun", *TYPED, *CODES)


def test_a_song_is_chinese_from_its_waves_to_the_rights_of_a_cover(at_desk: Enter, cast: Cast) -> None:
    case = held(sung(kind="NEIGHBOUR_PERF"), cast)
    address, rui = f"/desk/case/{case.reference}", reader(at_desk, "rui")
    assert english(rui.post(f"{address}/heard", data={"item": recording_of(case), "text": " "}).text, *OWN) == []
    rui.post(f"{address}/heard", data={"item": recording_of(case), "text": "A woman sings."})
    rui.post(f"{address}/missing-right", data={"right": "composition"})
    assert english(rui.post(f"{address}/missing-right", data={"right": "composition"}).text, *OWN) == []
    page = rui.get(address).text
    assert english(page, *OWN) == []
    assert "被举报内容 0:01–0:05 对应参考材料 0:03–0:07" in text_of(page) and "没有举报，已注明" in page


def test_the_test_of_a_voice_is_chinese_before_and_after_it_is_answered(at_desk: Enter, cast: Cast) -> None:
    case = held(sung(kind="VOICE"), cast)
    address, rui = f"/desk/case/{case.reference}", reader(at_desk, "rui")
    answers = {"timbre": "yes", "intonation": "no", "style": "yes", "listener": "yes"}
    assert english(rui.post(f"{address}/voice-test", data={"timbre": "yes"}).text, *OWN) == []
    rui.post(f"{address}/voice-test", data=answers)
    assert english(rui.get(address).text, *OWN) == []
    assert english(reader(at_desk, "mei").get(address).text, *OWN) == []


def test_a_film_is_chinese_and_so_is_what_could_not_be_heard(at_desk: Enter) -> None:
    rui = reader(at_desk, "rui")
    assert english(rui.get(f"/desk/case/{filmed().reference}").text, *OWN) == []
    files = [(wav(4), "audio/wav", 4.0), (film(3), "video/mp4", 3.0)]
    unlooked = {"voice": ("not_applicable", "no_consent"), "film": ("not_applicable", "no_pictures")}
    case = case_of_recordings(files, {"melody": said("none", "no_tune")}, unlooked=unlooked, kind="VOICE")
    page = rui.get(f"/desk/case/{case.reference}").text
    assert "请人工听辨" in page and english(page, *OWN) == []


def test_every_answer_about_sound_and_film_is_a_chinese_sentence(cast: Cast) -> None:
    short: list[Finding] = [
        {"kind": "speech", "of": "query", "seconds": 1.4, "segments": [[0, 1.4]]},
        {"kind": "hearing", "of": "query", "warnings": ["short", "noisy", "clipped"]},
        {"kind": "agreement", "lead": 0.6},
        {"kind": "moments", "pairs": [[70, None]]},
    ]
    with speaking("zh"):
        told = [" ".join(seen.seen(code, [*SUNG, *SPOKEN])) for code in heard.SEEN]
        told += [" ".join(seen.seen(code, short)) for code in (*seen.NOT_LOOKED, *seen.NOT_ASKED)]
        told += [seen.headline([("too_short", short)]), *heard.listened([SPOKEN], "query", 754)]
        assert [line for one in told for line in english(one)] == []
        assert "与参考材料相比：降低 2 个半音、加快 4%" in told[0]
        assert "无法判断：被举报文件中的语音只有 1.4 秒。" in told


def test_who_is_not_installed_is_told_in_chinese(at_desk: Enter) -> None:
    """The workshop's own reason is English, and marked as such."""
    with transaction():
        here.say(dict.fromkeys(("voice", "embedding", "film"), "ModelAbsent: The model is not here."))
    lan = reader(at_desk, "lan")
    page = lan.get("/desk/detectors").text
    own = (*OWN, *NAMES, "REDRESS_MODEL_FILES", "make models", "media")
    assert english(page, *own) == [] and "安装可选组件“voice”（人声）。" in page and "须由运营方自备" in page
    assert english(lan.get("/desk/", follow_redirects=True).text, *own) == []
