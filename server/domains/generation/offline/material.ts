import type { TopicSlug } from '../../topics/catalogue';

/** The offline drafter's material for a topic: self-contained sentences that can stand next to the user's own. */
export interface Material {
  /** Opening sentences. */
  readonly openings: readonly string[];
  /** Bolder opening sentences, for high creativity. */
  readonly hooks: readonly string[];
  readonly points: readonly string[];
  readonly questions: readonly string[];
  readonly closings: readonly string[];
  readonly hashtags: readonly string[];
  readonly emoji: readonly string[];
}

export const GENERAL: Material = {
  openings: ['A short note.', 'Something worth knowing.', 'News from us.'],
  hooks: [
    'Stop scrolling for ten seconds.',
    'This took longer to make than to read.',
    'Small thing, large effect.',
  ],
  points: [
    'The details are simple, and we are glad to answer questions.',
    'We made it because we wanted it ourselves.',
    'It takes a minute to look at and is easy to pass on.',
  ],
  questions: ['What do you think?', 'Who should hear about this?', 'How do you do it?'],
  closings: ['Tell us what you make of it.', 'Pass it on to someone who needs it.', 'More about it soon.'],
  hashtags: ['news', 'update'],
  emoji: ['👋', '✨', '📌'],
};

export const MATERIAL: Readonly<Record<TopicSlug, Material>> = {
  memes: {
    openings: [
      'A scene from every single week.',
      'Nobody asked, and yet.',
      'Filed under things we do not talk about.',
    ],
    hooks: [
      'Me, a professional, at 4:59 pm.',
      'Breaking: it happened again.',
      'Scientists are baffled, we are not.',
    ],
    points: [
      'The plan was perfect until it met the morning.',
      'There are two kinds of people, and both are late.',
      'My calendar says focus time, my brain says snacks.',
      'I read the instructions, right after the thing broke.',
      'The meeting could have been an e-mail, and the e-mail could have been nothing.',
      'Some call it procrastination, I call it letting ideas ripen.',
    ],
    questions: ['Which one are you?', 'Who does this describe, with a name?', 'Am I the only one?'],
    closings: ['Send it to the person you thought of.', 'No further questions.', 'We move on and pretend.'],
    hashtags: ['relatable', 'memes', 'mondaymood'],
    emoji: ['😅', '🙃', '☕'],
  },
  tech: {
    openings: [
      'A small thing that makes a device nicer to live with.',
      'Worth five minutes today.',
      'From the workbench.',
    ],
    hooks: [
      'Your gadget can do more than it lets on.',
      'The best upgrade is often a setting.',
      'Before you buy something new, read this.',
    ],
    points: [
      'Updates close holes that are already being used, so install them in the week they arrive.',
      'A password manager is easier than the system you have in your head.',
      'Most slow laptops have a full disk, not an old processor.',
      'A device that can be repaired costs less over five years than a cheaper one that cannot.',
      'Turn off the notifications that no person has sent, and the battery lasts longer too.',
      'Try the restore, not only the backup.',
    ],
    questions: [
      'What would you change first?',
      'Which setting did you find too late?',
      'What do you use for this?',
    ],
    closings: [
      'Try it and tell us what you notice.',
      'Keep it for the next quiet evening.',
      'Share it with the person who always asks you.',
    ],
    hashtags: ['tech', 'gadgets', 'howto'],
    emoji: ['💡', '🔧', '💻'],
  },
  business: {
    openings: ['One idea for the week.', 'A lesson that was paid for.', 'Short and from practice.'],
    hooks: [
      'The most expensive habit in a small firm costs nothing to drop.',
      'Growth starts with something you stop doing.',
      'Your best customer is telling you something.',
    ],
    points: [
      'Ask the last three customers why they bought, and write their words on your page.',
      'An offer with a date gets an answer, an offer without one gets a maybe.',
      'Invoices that go out the same day are paid a week earlier.',
      'A clear no today is kinder than a slow yes.',
      'Write the process down the second time you do it.',
      'Price the outcome and not the hour.',
    ],
    questions: [
      'What did you stop doing this year?',
      'Where does your week leak time?',
      'What would you tell a beginner?',
    ],
    closings: ['Take it into your next week.', 'Save it for Monday.', 'Questions are welcome.'],
    hashtags: ['smallbusiness', 'founders', 'business'],
    emoji: ['📈', '🤝', '🗂️'],
  },
  lifestyle: {
    openings: [
      'A small change for calmer days.',
      'For everyone whose day is too full.',
      'Something gentle for today.',
    ],
    hooks: [
      'You do not need a new morning routine.',
      'Half an hour less screen, one evening more life.',
      'What if easier were allowed?',
    ],
    points: [
      'Put the phone to charge in another room and see what the first ten minutes of the day become.',
      'One drawer is a better goal than the whole flat.',
      'A list of three is finished more often than a list of ten.',
      'Drink a glass of water before the first coffee.',
      'A standing date with a friend needs no planning.',
      'Go to bed when you are tired and not when the series ends.',
    ],
    questions: [
      'What makes your day lighter?',
      'Which small habit stayed with you?',
      'What do you do first in the morning?',
    ],
    closings: ['Be kind to yourself with it.', 'Start with the smallest part.', 'Tell us how it went.'],
    hashtags: ['slowliving', 'dailyhabits', 'lifestyle'],
    emoji: ['🌿', '☀️', '🕯️'],
  },
  finance: {
    openings: [
      'Money, in plain words.',
      'A number worth looking up.',
      'Ten minutes that pay for themselves.',
    ],
    hooks: [
      'The quiet costs are the ones that stay.',
      'You can know this about your money by tonight.',
      'Boring is a feature.',
    ],
    points: [
      'Write down every fixed cost once; most people find one that they had forgotten.',
      'A reserve of three months buys calm, whatever it earns.',
      'Fees are the only part of a return that you know in advance.',
      'Inflation works on the money that lies still.',
      'Pay yourself first by standing order, so that it needs no decision.',
      'Compare the total cost and not the monthly rate.',
    ],
    questions: [
      'Which cost did you cancel last?',
      'How many months does your reserve cover?',
      'What do you wish you had known earlier?',
    ],
    closings: [
      'This is general information and not advice.',
      'Look up your own number today.',
      'Save it for the end of the month.',
    ],
    hashtags: ['personalfinance', 'budgeting', 'money'],
    emoji: ['📊', '🧾', '🪙'],
  },
  travel: {
    openings: [
      'A place, and a hint to go with it.',
      'For the next free weekend.',
      'Noted on a platform, waiting for a train.',
    ],
    hooks: [
      'Go where the timetable gets thin.',
      'The best hour in any city is the first one.',
      'Leave one day unplanned.',
    ],
    points: [
      'The early train is emptier and cheaper, and the light is better.',
      'One street behind the famous square, lunch costs half.',
      'A small bag decides for you, and that is a relief.',
      'Learn please, thank you and sorry; nothing opens more doors.',
      'Stay two nights longer in one place instead of adding another.',
      'Download the map before the signal goes.',
    ],
    questions: ['Where would you go back at once?', 'What always comes with you?', 'Train, bike or on foot?'],
    closings: ['Keep it for the next trip.', 'Tell us your own hint.', 'Have a good journey.'],
    hashtags: ['travel', 'slowtravel', 'traintravel'],
    emoji: ['🚆', '🗺️', '🌍'],
  },
  food: {
    openings: [
      'Tonight, something simple.',
      'From the kitchen.',
      'A weekday dinner that tastes like a Sunday.',
    ],
    hooks: [
      'Your onions need more time than the recipe says.',
      'Salt earlier.',
      'Five things, one pan, no hurry.',
    ],
    points: [
      'Heat the pan first and the oil second; things brown instead of sticking.',
      'A spoon of acid at the end wakes up a tired sauce.',
      'Save a cup of the pasta water, it binds everything.',
      'Herbs go in late, dried spices early.',
      'Let meat rest for as long as it takes to lay the table.',
      'Taste, wait a moment, and taste again.',
    ],
    questions: ['What is on your table tonight?', 'Which dish do you know by heart?', 'What would you add?'],
    closings: ['Enjoy it.', 'Save it for the next empty fridge.', 'Tell us how it turned out.'],
    hashtags: ['homecooking', 'weeknightdinner', 'food'],
    emoji: ['🍳', '🍲', '🌶️'],
  },
  coding: {
    openings: ['A note from a code review.', 'Small practice, large effect.', 'Learned in production.'],
    hooks: [
      'Delete the clever line.',
      'The bug was in the part that nobody tested, again.',
      'Your future self is reading the diff.',
    ],
    points: [
      'Make the wrong state impossible and you need no check for it.',
      'A failing test that explains itself saves the next person an hour.',
      'Write the error message for the one who reads it at three in the morning.',
      'Small commits are easier to review, to revert and to understand.',
      'Measure first; the slow part is seldom where you think.',
      'A dependency is code that you maintain without having written it.',
    ],
    questions: [
      'What rule do you keep breaking?',
      'How does your team handle this?',
      'What would you add to the list?',
    ],
    closings: [
      'Try it in the next pull request.',
      'Discuss it with your team.',
      'Save it for the next review.',
    ],
    hashtags: ['coding', 'cleancode', 'softwaredevelopment'],
    emoji: ['🧪', '⌨️', '🐛'],
  },
};
