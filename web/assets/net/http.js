/** Time a request may take, in milliseconds. */
const patience = 20_000;

/** A refusal or a failure of the service, or of the way to it. */
export class RequestError extends Error {
    /**
     * @param {number} status 0 when there was no answer at all
     * @param {{code?: string, message?: string, details?: object}} body `error` of the answer
     * @param {number} [retryAfter] seconds, as the service asked for
     */
    constructor(status, { code = 'internal', message = 'Something went wrong. Please try again.', details } = {}, retryAfter = 0) {
        super(message);
        this.status = status;
        this.code = code;
        this.details = details ?? {};
        this.retryAfter = retryAfter;
    }

    /** Whether the same request may succeed later. */
    get isTemporary() {
        return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
    }
}

/**
 * One call of the REST surface.
 *
 * @param {string} path below `/api/v1`
 * @param {{method?: string, body?: object, token?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the decoded answer; `undefined` for 204
 * @throws {RequestError} and an `AbortError` when `signal` ended it
 */
export async function request(path, { method = 'GET', body, token, signal } = {}) {
    const headers = { Accept: 'application/json' };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers['Content-Type'] = 'application/json';

    let response, text;
    try {
        response = await fetch(`/api/v1${path}`, {
            method, headers, body: body && JSON.stringify(body), cache: 'no-store', signal: withPatience(signal),
        });
        text = await response.text();
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new RequestError(0, { code: 'unreachable', message: 'Parley cannot be reached right now.' });
    }

    const answer = decoded(text);
    if (!response.ok) throw new RequestError(response.status, answer?.error, Number(response.headers.get('Retry-After')) || 0);
    return answer;
}

/** What stands between the service and here (a proxy, a hotel's sign-in page) may answer with anything. */
function decoded(text) {
    try {
        return text ? JSON.parse(text) : undefined;
    } catch {
        return undefined;
    }
}

function withPatience(signal) {
    const limit = AbortSignal.timeout(patience);
    return signal ? AbortSignal.any([signal, limit]) : limit;
}
