import { account } from './account.js';
import { copyButton, h, json, prose } from './dom.js';

/** One route: what it takes, what it answers, and a form to try it. */
export function operation(path, method, route, schemas) {
    const parameters = route.parameters?.filter((parameter) => !parameter.$ref) ?? [];
    const needsToken = route.security?.length > 0;
    const element = h('details.operation', { id: route.operationId, data: { words: `${method} ${path} ${route.summary}`.toLowerCase() } },
        h('summary', {}, h('span.method', { data: { method } }, method.toUpperCase()), h('code.path', {}, ...breakable(path)),
            h('span.what', {}, prose(route.summary))));
    // Most are never opened: what is inside is made when one is.
    element.addEventListener('toggle', () => {
        if (!element.open || element.children.length > 1) return;
        element.append(h('div.inside', {},
            h('p.facts', {},
                h('span', {}, needsToken ? 'Needs an access token' : 'Open to everybody'),
                route['x-rate-limit'] ? h('span', { title: route['x-rate-limit'].of }, limitWords(route['x-rate-limit'])) : null,
                route.parameters?.some((parameter) => parameter.$ref?.endsWith('/IdempotencyKey'))
                    ? h('span', { title: 'Sent again under the same key, it is done once.' }, 'Takes an Idempotency-Key') : null),
            parameters.length ? [h('h4', {}, 'Parameters'), parameterTable(parameters, schemas)] : null,
            route.requestBody ? body(route.requestBody, schemas) : null,
            h('h4', {}, 'Answers'), answers(route.responses, schemas),
            tryIt(path, method, route, parameters, needsToken)));
    });
    return element;
}

/** `send.user: 40 at once, then 2 a second`. */
export function limitWords({ name, burst, per_second: perSecond }) {
    const rate = Number.isInteger(perSecond) ? `${perSecond} a second` : `${round(perSecond * 60)} a minute`;
    return `${name}: ${burst} at once, then ${rate}`;
}

const round = (number) => Math.round(number * 100) / 100;

/** A path that may be broken at its slashes, and nowhere else. */
export function breakable(path) {
    return path.split(/(?=\/)/).flatMap((part, index) => {
        const name = part.match(/^\/\{(.+)\}$/);
        const shown = name ? h('span', {}, '/', h('var', {}, `{${name[1]}}`)) : part;
        return index ? [document.createElement('wbr'), shown] : [shown];
    });
}

function parameterTable(parameters, schemas) {
    return h('div.scroll', { tabindex: '0', role: 'group', 'aria-label': 'Parameters' }, h('table.members', {}, h('tbody', {}, parameters.map((parameter) =>
        h('tr', {},
            h('th', { scope: 'row' }, h('code', {}, parameter.name), h('span.optional', {}, parameter.required ? parameter.in : `${parameter.in}, optional`)),
            h('td', {}, h('span.type', {}, schemas.type(parameter.schema)), h('p', {}, prose(parameter.description))))))));
}

function body({ content, required }, schemas) {
    const { schema, example } = content['application/json'];
    return [h('h4', {}, 'Body', required ? null : h('span.optional', {}, 'optional')),
        h('div.pair', {}, h('div', {}, schemas.table(schema, 'Members of the body')), json(example))];
}

function answers(responses, schemas) {
    const entries = Object.entries(responses).filter(([status]) => status !== 'default');
    const good = entries.filter(([status]) => status < 400);
    const bad = entries.filter(([status]) => status >= 400);
    return [
        alike(good).map((alike) => {
            const content = alike[0][1].content?.['application/json'];
            return h('div.answer', {}, h('p', {}, alike.map(([status, response]) => [h('b.status', {}, status), ` ${response.description} `])),
                content ? h('div.pair', {}, h('div', {}, schemas.table(content.schema, `Members of the answer ${alike[0][0]}`)), json(content.example)) : null);
        }),
        bad.length ? h('ul.errors', {}, bad.map(([status, response]) =>
            h('li', {}, h('b.status', {}, status), ' ', (response['x-codes'] ?? [response.description]).map((code, index) => [index ? ', ' : '', h('code', {}, code)])))) : null,
    ];
}

/** Answers of one form together: 201 for what is new, 200 for what was there. */
function alike(entries) {
    const groups = new Map();
    for (const entry of entries) {
        const form = JSON.stringify(entry[1].content ?? entry[0]);
        groups.set(form, [...(groups.get(form) ?? []), entry]);
    }
    return [...groups.values()];
}

function tryIt(path, method, route, parameters, needsToken) {
    const example = route.requestBody?.content['application/json'].example;
    const field = (parameter) => h('label', {}, h('span', {}, parameter.name, parameter.required ? null : h('span.optional', {}, 'optional')),
        h('input', {
            name: parameter.name, autocomplete: 'off', spellcheck: 'false', required: parameter.required,
            placeholder: String(parameter.schema.examples?.[0] ?? ''),
        }));
    const result = h('div.result', { 'aria-live': 'polite' });
    const hint = h('p.hint');
    const text = example === undefined ? null : h('textarea', { name: 'body', spellcheck: 'false', rows: String(Math.min(12, JSON.stringify(example, null, 2).split('\n').length)), 'aria-label': 'Body' });
    if (text) text.value = JSON.stringify(example, null, 2);
    const form = h('form', {
        submit: (event) => {
            event.preventDefault();
            send(request(), result);
        },
    }, parameters.map(field), text, hint,
    h('div.choices', {}, h('button.primary', { type: 'submit' }, 'Send'), h('button.secondary', { type: 'button', click: () => showCommand() }, 'As a command')), result);

    const showHint = () => { hint.textContent = needsToken && !account.token ? 'Sign in first: this route needs an access token.' : ''; };
    account.addEventListener('change', showHint);
    showHint();

    function request() {
        const values = new Map(parameters.map(({ name }) => [name, form.elements.namedItem(name).value.trim()]));
        const target = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values.get(name) ?? ''));
        const query = new URLSearchParams(parameters.filter(({ in: place, name }) => place === 'query' && values.get(name)).map(({ name }) => [name, values.get(name)]));
        const headers = {};
        if (needsToken && account.token) headers.Authorization = `Bearer ${account.token}`;
        const content = text?.value.trim();
        if (content) headers['Content-Type'] = 'application/json';
        return { url: target + (query.size ? `?${query}` : ''), options: { method: method.toUpperCase(), headers, body: content || undefined, cache: 'no-store' } };
    }

    function showCommand() {
        const { url, options } = request();
        const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;
        const lines = [`curl -X ${options.method} ${quoted(location.origin + url)}`, ...Object.entries(options.headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)];
        if (options.body) lines.push(`-d ${quoted(options.body)}`);
        const command = lines.join(' \\\n  ');
        result.replaceChildren(h('div.command', {}, h('pre', { tabindex: '0' }, h('code', {}, command)), copyButton(() => command)));
    }

    return h('details.try', {}, h('summary', {}, 'Try it'), form);
}

const shownHeaders = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after', 'x-request-id'];

async function send({ url, options }, result) {
    result.replaceChildren(h('p.hint', {}, 'Waiting…'));
    const begin = performance.now();
    try {
        const response = await fetch(url, options);
        const text = await response.text();
        const took = Math.round(performance.now() - begin);
        let shown;
        try {
            shown = text ? json(JSON.parse(text)) : null;
        } catch {
            shown = h('pre', { tabindex: '0' }, h('code', {}, text.slice(0, 20_000)));
        }
        result.replaceChildren(
            h('p.line', { data: { good: response.ok } }, h('b.status', {}, String(response.status)), ` ${options.method} ${url} · ${took} ms`),
            h('dl.headers', {}, shownHeaders.filter((name) => response.headers.has(name)).map((name) => [h('dt', {}, name), h('dd', {}, response.headers.get(name))])),
            ...(shown ? [shown] : []));
    } catch {
        result.replaceChildren(h('p.fault', {}, 'The service cannot be reached right now.'));
    }
}
