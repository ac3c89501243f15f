import { backOff } from '../../../web/assets/core/back-off.js';
import { MarkPace } from '../../../web/assets/core/mark-pace.js';
import { Typists, TypingPace } from '../../../web/assets/core/typists.js';
import { equal, test } from './harness.js';

// acceptance: D-061
test('attempts come after 1, 2, 4, 8 … 30 s, spread over half of it', () => {
    for (const [attempt, longest] of [[0, 1], [1, 2], [2, 4], [3, 8], [4, 16], [5, 30], [50, 30]]) {
        for (let time = 0; time < 100; time += 1) {
            const wait = backOff(attempt);
            if (wait < longest * 500 || wait > longest * 1000) throw new Error(`${wait} after attempt ${attempt}`);
        }
    }
});

test('typing is told with the first letters, then each three seconds, and its end once', () => {
    const pace = new TypingPace();
    equal(pace.changed(false, 0), null);
    equal(pace.changed(true, 0), true);
    equal(pace.changed(true, 2_999), null);
    equal(pace.changed(true, 3_000), true);
    equal(pace.changed(false, 3_100), false);
    equal(pace.stopped(), null);
    equal(pace.changed(true, 3_200), true);
    pace.sent();
    equal(pace.stopped(), null);
});

test('who stops typing without a word is forgotten', () => {
    const typists = new Typists();
    typists.note('c', true, 1_000);
    equal([typists.isTyping('c', 7_999), typists.isTyping('c', 8_000)], [true, false]);
    typists.note('c', true, 9_000);
    equal([typists.nextEnd(9_000), typists.isTyping('d', 9_000)], [16_000, false]);
    typists.end('c');
    equal([typists.isTyping('c', 9_001), typists.nextEnd(9_001)], [false, null]);
});

// acceptance: D-062
test('the first mark goes at once, the next after two seconds or ten messages', () => {
    const pace = new MarkPace();
    equal(pace.wait(1, 0), 0);
    pace.told(1, 0);
    equal([pace.wait(2, 500), pace.wait(10, 500), pace.wait(11, 500), pace.wait(2, 2_500)], [1_500, 1_500, 0, 0]);
});
