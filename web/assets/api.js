import { request } from './http.js';

/** The REST calls of someone who is signed in, one method for each. */
export class API {
    #session;

    /** @param {import('./session.js').Session} session */
    constructor(session) {
        this.#session = session;
    }

    /** A page of the inbox, the latest conversation first. */
    conversations(cursor) {
        return this.#call(`/conversations?${query({ limit: 50, cursor })}`);
    }

    conversation(id) {
        return this.#call(`/conversations/${encodeURIComponent(id)}`);
    }

    /** The conversation with a person, made if there is none. */
    converse(recipientID) {
        return this.#call('/conversations', { method: 'POST', body: { recipient_id: recipientID } });
    }

    /**
     * A page of history.
     *
     * @param {{before_seq?: number, after_seq?: number, limit?: number}} [place] newest first; after `after_seq` oldest first
     */
    messages(conversationID, place = {}) {
        return this.#call(`/conversations/${encodeURIComponent(conversationID)}/messages?${query({ limit: 50, ...place })}`);
    }

    /** People whose username begins like this; at least three characters. */
    people(prefix, signal) {
        return this.#call(`/users/search?${query({ username: prefix })}`, { signal });
    }

    async #call(path, options) {
        const token = await this.#session.accessToken();
        try {
            return await request(path, { ...options, token });
        } catch (error) {
            if (error.status !== 401) throw error;
            // Ended early: the clock here is wrong, or the key was changed there.
            await this.#session.renew();
            return request(path, { ...options, token: await this.#session.accessToken() });
        }
    }
}

/**
 * The two people that are there from the start in development; nobody elsewhere.
 *
 * @returns {Promise<{username: string, password: string, display_name: string}[]>}
 */
export async function demoPeople() {
    try {
        return (await request('/demo')).people;
    } catch {
        return [];
    }
}

function query(values) {
    return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
