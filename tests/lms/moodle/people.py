"""Who takes part in the journey, and what they write."""

from __future__ import annotations

from tests.lms.moodle.miroir import Words

TUTOR = "tom"
AMINA, JONAS = "amina", "jonas"
NAMES = {AMINA: "Amina Benali", JONAS: "Jonas Weber"}

WORDS = {
    AMINA: Words(
        need="People ask me about open access, and I send them on to a colleague.",
        reflection=(
            "Last week a doctoral student asked me for sources on open access. I sent a list of "
            "links within minutes and felt efficient. I had not asked what it was for: she wanted "
            "to know whether her own thesis may go into our repository.",
            "I noticed that I answer the words and not the person. Our guide has a chapter on "
            "reference interviews; its first piece of advice is to wait for the second question, "
            "because the first one is rarely the real one. I do not wait at all.",
            "A little ashamed, and relieved that it is so small a thing.",
            "Before I search, I want to ask one more question and write the answer down together "
            "with the person who asks. What stands in the way is the queue behind them, so I would "
            "like to know how others take that time at a busy desk.",
        ),
        response=(
            "I recognise the moment when nobody answers: in my workshops silence made me talk "
            "even more, until a colleague told me to count to ten.",
            "What happened when you let the group try the database before you showed it?",
            "It helped me to begin with a search that fails, on purpose.",
        ),
        reply="Counting to ten is simple enough to try on Monday. Thank you.",
        next_step="Ask one more question before I search, five times, and note what changed.",
        by_date="2030-12-20",
        opportunity="Tuesdays at the reference desk, with Jonas listening in once",
    ),
    JONAS: Words(
        need="My workshops are full, but people come back with the same questions.",
        reflection=(
            "Last Monday I gave a workshop on our databases for twelve first-year students. In "
            "forty minutes I showed every filter that there is. At the end I asked for questions, "
            "nobody had one, and two days later three of them came to the desk with the very thing "
            "that I had shown.",
            "Watching is not doing. In a short course on teaching I read that people remember what "
            "they had to find out by themselves, and that a task at the beginning shows what they "
            "already know, so that I need not explain it again.",
            "I like the stage too much to give it up easily.",
            "Next time they search first, and I only explain what went wrong. I am not sure how to "
            "help those who finish early, and I would like to hear what others do with them.",
        ),
        response=(
            "What struck me is that you noticed it by yourself, afterwards: answering the words "
            "and not the person happens to me in every second conversation.",
            "What could you ask that does not sound like an examination?",
            "You might like to say aloud what you are about to search; people then correct you.",
        ),
        reply="Saying it aloud: yes. I will tell you how it went.",
        next_step="Begin the next workshop with ten minutes of searching, and only then explain.",
        by_date="2030-12-13",
        opportunity="The workshop for the nursing students",
    ),
}
