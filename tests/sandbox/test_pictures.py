"""The sandbox's own pictures."""

from __future__ import annotations

from tests.http.plain_client import plain_client
from tests.sandbox.harness import serving
from webhook_tui.domain.images.image_links import image_links
from webhook_tui.images.decode import thumbnail
from webhook_tui.sandbox.options import SandboxOptions
from webhook_tui.sandbox.pictures import HEIGHT, WIDTH, picture


def test_a_name_always_means_the_same_picture() -> None:
    """An input differs from its result; another job or index may have other colours."""
    result, given = picture("job_1/output_0_0_v0.png"), picture("job_1/input_0.png")

    assert picture("job_1/output_0_0_v0.png") == result
    assert given != result
    assert len({picture(f"job_1/output_{index}_0_v0.png") for index in range(6)}) > 2
    decoded = thumbnail(result, WIDTH, HEIGHT)
    assert (decoded.width, decoded.height, decoded.format) == (256, 384, "PNG")


async def test_links_of_jobs_lead_to_pictures() -> None:
    """Also those with signed parameters; no token is needed."""
    async with serving() as running, plain_client() as api:
        served = SandboxOptions(images_url=f"{running.url}/sandbox/images")
        running.sandbox.options = served
        events = running.sandbox.play_job("image", images=2)
        links = [link.url for event in events for link in image_links(event.body())]
        assert [link.startswith(served.images_url) for link in links] == [True, True]
        assert "Signature=" in links[1]
        for link in links:
            answer = await api.get(link)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            assert thumbnail(answer.content, 20, 20).format == "PNG"
