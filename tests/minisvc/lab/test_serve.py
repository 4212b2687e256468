import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from minisvc.lab import first_notebook, packaged_notebooks, serve
from minisvc.lab.server import HOST, Server, any_port, pick_port, running

SERVE = "import sys; from minisvc.lab import serve; sys.exit(serve(None, open_browser=False, port=None))"


@pytest.fixture
def port() -> Iterator[int]:
    """A port that another program holds."""
    with socket.create_server((HOST, 0)) as taken:
        yield taken.getsockname()[1]


def refusal(capfd: pytest.CaptureFixture[str], notebooks: Path, port: int | None = None) -> str:
    assert serve(notebooks, open_browser=False, port=port) == 2
    said = capfd.readouterr()
    assert said.out == ""
    return said.err


def test_a_file_in_place_of_a_directory_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"\x00")
    assert "it is a file, not a directory" in refusal(capfd, place)


def test_a_place_that_is_not_there_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "there is nothing of that name" in refusal(capfd, tmp_path / "nowhere")


def test_a_directory_without_notebooks_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "no notebook (*.ipynb) is in it" in refusal(capfd, tmp_path)


def test_a_taken_port_is_refused(capfd: pytest.CaptureFixture[str], port: int) -> None:
    message = refusal(capfd, packaged_notebooks(), port)
    assert f"Port {port} on 127.0.0.1 is taken" in message


def test_without_a_wish_the_port_is_a_free_one() -> None:
    with socket.create_server((HOST, pick_port(None))):
        pass


def test_the_lab_opens_on_the_start_page() -> None:
    assert first_notebook(packaged_notebooks()) == "index.ipynb"


def test_the_token_is_not_on_the_command_line(tmp_path: Path) -> None:
    server = Server(tmp_path, "a b.ipynb", 8888)
    assert server.token not in " ".join(server.command(open_browser=False))
    assert server.url == f"http://127.0.0.1:8888/lab/tree/a%20b.ipynb?token={server.token}"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The lab in an empty home and an empty directory."""
    home = tmp_path / "home"
    home.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG"))}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=tmp_path,
        env={**clean, "HOME": str(home), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def opened(lab: subprocess.Popen[str]) -> str:
    """The address that the lab prints."""
    assert lab.stdout is not None
    return next(line.strip() for line in lab.stdout if line.strip().startswith("http://"))


def ask(address: str, path: str, method: str = "GET") -> requests.Response:
    base, token = address.partition("/lab/")[0], address.partition("token=")[2]
    return requests.request(method, base + path, headers={"Authorization": f"token {token}"}, timeout=30)


def test_in_an_empty_home_the_lab_opens_asks_nothing_and_leaves_nothing(
    lab: subprocess.Popen[str], tmp_path: Path
) -> None:
    address = opened(lab)
    assert (tmp_path / "statewise-notebooks" / "00-start-here.ipynb").exists()
    assert requests.get(address.partition("/lab/")[0] + "/api/kernels", timeout=30).status_code == 403
    settings = ask(address, "/lab/api/settings/@jupyterlab/apputils-extension:notification").json()
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
    assert ask(address, "/api/kernels", "POST").status_code == 201
    family = psutil.Process(lab.pid).children(recursive=True)
    assert len(family) >= 2

    lab.send_signal(signal.SIGINT)
    rest, errors = lab.communicate(timeout=30)

    assert lab.returncode == 0
    assert "The lab is closed." in rest
    assert "Traceback" not in errors
    assert not [each for each in family if each.is_running()]
    assert not list(tmp_path.glob("statewise-lab-*"))


def test_ctrl_c_before_the_server_answers_leaves_nothing(lab: subprocess.Popen[str], tmp_path: Path) -> None:
    assert lab.stdout is not None
    lab.stdout.readline()  # the copy is made; the server is about to start
    lab.send_signal(signal.SIGINT)
    _, errors = lab.communicate(timeout=30)
    assert lab.returncode == 0
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("statewise-lab-*"))


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")


@pytest.mark.usefixtures("homeless")
def test_without_a_home_everything_is_kept_in_a_temporary_place() -> None:
    server = Server(packaged_notebooks(), "00-start-here.ipynb", any_port())
    with running(server, open_browser=False) as lab:
        lab.wait_until_ready()
        listed = requests.get(f"http://{HOST}:{server.port}/api/status", params={"token": server.token}, timeout=30)
    assert listed.status_code == 200
    assert lab.process.returncode is not None
