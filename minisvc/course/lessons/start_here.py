"""Lesson 00: crash one instance, and see whose cart is gone."""

from __future__ import annotations

from minisvc.course.lesson import Lesson
from minisvc.panel.content import Choice, Question

START_HERE = Lesson(
    number="00",
    name="start-here",
    title="Start here: crash it and see",
    outcome="Say what a crash takes away, and what it leaves alone.",
    minutes=10,
    predicts={
        "start-here": Question(
            asks="Three instances keep carts in their own memory, and each customer stays with one of them. "
            "Instance a crashes. Who loses a cart?",
            right="its-own",
            choices=(
                Choice("nobody", "Nobody: the other two instances take over", "They take over the requests."),
                Choice("its-own", "Those whose cart was in a, and nobody else", "You name exactly a's customers."),
                Choice("everybody", "Everybody: the shop has lost its data", "You expect the worst."),
            ),
        )
    },
    recalls={
        "after-restart": Question(
            asks="You restart instance a. Do the lost carts come back?",
            right="no",
            choices=(
                Choice(
                    "yes",
                    "Yes, it picks up where it stopped",
                    "No. Its memory went with the crash: it starts empty.",
                ),
                Choice("no", "No, it starts empty", "Right. A restart brings back the program, not its memory."),
            ),
        ),
        "what-sticky-does": Question(
            asks="What does sticky routing do for carts that live in memory?",
            right="finds",
            choices=(
                Choice("protects", "It protects them from a crash", "No. You saw carts lost while sticky was on."),
                Choice(
                    "finds",
                    "It brings customers back to the instance that has their cart",
                    "Right. Without it they meet instances that never saw their cart. Try the Sticky switch.",
                ),
                Choice("copies", "It copies them to the other instances", "No. Nothing is copied: each cart is once."),
            ),
        ),
    },
)
