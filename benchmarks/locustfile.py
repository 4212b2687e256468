"""The shopper's journey on Locust's transport, and how long `STEPS` steps took. Used by benchmarks/users.py."""

import itertools
import time

from locust import FastHttpUser, constant, task

from minisvc.users.journeys import Course, shopper
from minisvc.users.mind import Answer, Mind

STEPS = 10_000
steps, numbers = itertools.count(1), itertools.count(1)
began_s: list[float] = []


class Shopper(FastHttpUser):
    wait_time = constant(0)

    def on_start(self) -> None:
        began_s.append(time.perf_counter())
        self.course = Course(Mind(f"l{next(numbers)}"), shopper)
        self.turn = self.course.next()

    @task
    def act(self) -> None:
        step = self.turn.step
        with self.client.request(step.method, step.path, json=step.body, catch_response=True) as answer:
            verdict = step.judge(Answer(answer.status_code or None, answer.json()))
            if verdict.lost is not False:
                answer.failure(verdict.sentence)
        self.turn = self.course.next()
        if next(steps) == STEPS:
            print(f"took_s={time.perf_counter() - began_s[0]:.3f}", flush=True)
