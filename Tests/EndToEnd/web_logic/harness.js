/** The smallest thing that runs tests in Node.js and in a browser alike. */

const tests = [];

export function test(name, body) {
    tests.push({ name, body });
}

export function equal(actual, expected) {
    const [is, wanted] = [actual, expected].map((value) => JSON.stringify(value, undefined, 1));
    if (is !== wanted) throw new Error(`${is} is not ${wanted}`);
}

/** A stream of numbers that is the same each time: `random(n)` is from 0 to n - 1. */
export function seeded(seed) {
    return (below) => (seed = seed * 48271 % 2147483647) % below;
}

/** @returns {Promise<{name: string, error: string | null}[]>} */
export async function run() {
    const results = [];
    for (const { name, body } of tests) {
        try {
            await body();
            results.push({ name, error: null });
        } catch (error) {
            results.push({ name, error: String(error.stack ?? error) });
        }
    }
    return results;
}
