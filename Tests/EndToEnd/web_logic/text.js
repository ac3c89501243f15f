import { dayName, initials, nameOf, tint } from '../../../web/assets/core/format.js';
import { arrange } from '../../../web/assets/core/grouping.js';
import { linked } from '../../../web/assets/core/links.js';
import { isMeant } from '../../../web/assets/core/matching.js';
import { equal, test } from './harness.js';

const links = (text) => linked(text).filter(({ href }) => href).map(({ text }) => text);

test('addresses become links, without what belongs to the sentence', () => {
    equal(links('See https://example.org/a?b=c#d.'), ['https://example.org/a?b=c#d']);
    equal(links('(https://example.org/a_(b)), http://example.org!'), ['https://example.org/a_(b)', 'http://example.org']);
    equal(links('https://example.org/ä and https://xn--nxasmq6b/'), ['https://example.org/ä', 'https://xn--nxasmq6b/']);
});

test('nothing else does', () => {
    for (const text of [
        'javascript:alert(1)', 'JAVASCRIPT://example.org/%0aalert(1)', 'data:text/html,<script>', 'ftp://example.org', 'vbscript:x',
        'https://', 'http://', 'https://user:word@example.org', 'https://example.org@evil.example', 'xhttps://example.org',
        'blob:https://example.org/1', 'file:///etc/passwd', 'https://[', 'https://%00', 'https://a b',
    ]) {
        equal(links(text).filter((link) => link.includes('@') || !/^https?:\/\/[a-z]/.test(link)), []);
    }
    equal(links('javascript:https://example.org'), ['https://example.org']);
    equal(links('https://user:word@example.org'), []);
});

test('the pieces together are the text, whatever is in it', () => {
    for (const text of ['', 'a', 'https://example.org', ' https://a.b https://c.d ', '<https://a.b>', '"https://a.b"', '\u202ehttps://a.b\u202c', '🦊https://a.b🦊', 'https://a.b'.repeat(50)]) {
        equal(linked(text).map((piece) => piece.text).join(''), text);
    }
});

test('an address cannot carry marks that turn the text around', () => {
    equal(links('https://example.org/\u202etxt.exe'), ['https://example.org/']);
});

test('messages of one person within five minutes are one group, and a day begins with its name', () => {
    const at = (day, minute, sender = 'a') => ({ sender_id: sender, sent_at: new Date(2026, 10, day, 12, minute).toISOString() });
    const rows = arrange([at(1, 0), at(1, 4), at(1, 9), at(1, 10, 'b'), at(2, 10, 'b')]);
    equal(rows.map(({ isFirst, isLast }) => [isFirst, isLast]), [[true, false], [false, true], [true, true], [true, true], [true, true]]);
    equal(rows.map(({ day }) => day && day.getDate()), [1, null, null, null, 2]);
});

test('days are told from today', () => {
    const now = new Date(2026, 10, 21, 1, 0);
    equal([0, 1].map((back) => dayName(new Date(2026, 10, 21 - back, 23, 59), now)), ['Today', 'Yesterday']);
});

test('initials are of the first and the last word, and whole letters', () => {
    equal(['Ada Lovelace', 'ada', 'Gabriel García Márquez', '👩‍👩‍👧 x', 'é'].map(initials), ['AL', 'A', 'GM', '👩‍👩‍👧X', 'É']);
    equal(nameOf({ display_name: '  ', username: 'ada' }), 'ada');
    equal(new Set(['ada', 'ben', 'cleo', 'dora', 'emil', 'finn', 'gus', 'hana'].map(tint)).size >= 4, true);
});

test('people are found by the beginning of any word, whatever the accents', () => {
    const person = { username: 'gm_writer', display_name: 'Gabriel García Márquez' };
    equal(['gab', 'garcia', 'MÁR', '@gm', 'gabriel g', ''].map((typed) => isMeant(person, typed)), [true, true, true, true, true, true]);
    equal(['abriel', 'x', 'writer'].map((typed) => isMeant(person, typed)), [false, false, false]);
});
