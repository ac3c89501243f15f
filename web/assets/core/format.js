/** How names, times and days are put into words, in the language of the browser. */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const shortWeekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const dateOfAnotherYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortDateOfAnotherYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** "14:05" */
export const timeOfDay = (time) => clock.format(time);

/** All there is to say, for who hovers over a time. */
export const wholeTime = (time) => whole.format(time);

/** "Today", "Yesterday", "Tuesday", "Tuesday 3 November", "3 November 2025" */
export function dayName(time, now = new Date()) {
    const days = daysBetween(time, now);
    if (days === 0) return 'Today';
    if (days === 1) return 'Yesterday';
    if (days > 1 && days < 7) return weekday.format(time);
    return (time.getFullYear() === now.getFullYear() ? date : dateOfAnotherYear).format(time);
}

/** When something was last heard, in few letters: "14:05", "Yesterday", "Tue", "3 Nov" */
export function shortWhen(time, now = new Date()) {
    const days = daysBetween(time, now);
    if (days <= 0) return timeOfDay(time);
    if (days === 1) return 'Yesterday';
    if (days < 7) return shortWeekday.format(time);
    return (time.getFullYear() === now.getFullYear() ? shortDate : shortDateOfAnotherYear).format(time);
}

/** Midnight before `time`, where we are. */
export function startOfDay(time) {
    return new Date(time.getFullYear(), time.getMonth(), time.getDate());
}

/** Whole days of the calendar; rounded, because two days of the year have 23 and 25 hours. */
function daysBetween(earlier, later) {
    return Math.round((startOfDay(later) - startOfDay(earlier)) / 86_400_000);
}

/** What to call a person. */
export function nameOf({ display_name: name, username }) {
    return name?.trim() || username;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letters of the first and the last word of a name. */
export function initials(name) {
    const words = name.split(/[\s._]+/).filter(Boolean);
    const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
    return ends.map((word) => graphemes.segment(word)[Symbol.iterator]().next().value.segment.toUpperCase()).join('');
}

/** One of the eight colours of avatars, always the same one for a username. The hash is FNV-1a. */
export function tint(username) {
    let hash = 0x811c9dc5;
    for (const character of username) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    return (hash >>> 13 ^ hash) >>> 0 & 7;
}
