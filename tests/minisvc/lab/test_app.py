import signal
import socket
import subprocess
import sys

import pytest
import requests

from minisvc.lab import serve
from minisvc.lab.server import HOST

COMMAND = [sys.executable, "-m", "minisvc", "lab", "--voila", "--no-browser"]


def test_without_voila_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("minisvc.lab.app.find_spec", lambda name: None)
    assert serve(None, open_browser=False, port=None, app=True) == 2
    assert 'pip install "statewise[app]"' in capfd.readouterr().err


def test_a_taken_port_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("voila")
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert serve(None, open_browser=False, port=port, app=True) == 2
    assert f"Port {port} on 127.0.0.1 is taken" in capfd.readouterr().err


def test_the_app_opens_for_whoever_has_its_token_and_ctrl_c_closes_it() -> None:
    pytest.importorskip("voila")
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            assert app.stdout.readline() == "The panel is open:\n"
            address = app.stdout.readline().strip()
            stranger = requests.get(address.partition("?")[0], timeout=30, allow_redirects=False)
            assert stranger.status_code == 302
            assert "widget" in requests.get(address, timeout=60).text
        finally:
            app.send_signal(signal.SIGINT)
        assert app.wait(30) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
