import { request } from './http.js';

/** How often a request is sent again because there were too many, and how long that may take in all. */
const mostPauses = 2, longestPause = 10;  // seconds

/** The REST calls of someone who is signed in, one method for each. */
export class API {
    #session;

    /** @param {import('./session.js').Session} session */
    constructor(session) {
        this.#session = session;
    }

    // Catching up

    /** What changed since a token; without one, a snapshot of the latest conversations. */
    sync(since) {
        return this.#call(`/sync?${query({ since })}`);
    }

    /** A page of the inbox, the latest conversation first. */
    conversations(cursor) {
        return this.#call(`/conversations?${query({ limit: 50, cursor })}`);
    }

    conversation(id) {
        return this.#call(`/conversations/${part(id)}`);
    }

    /**
     * A page of history.
     *
     * @param {{before_seq?: number, after_seq?: number, around_seq?: number, limit?: number}} [place] newest first; after `after_seq` oldest first
     */
    messages(conversationID, place = {}) {
        return this.#call(`/conversations/${part(conversationID)}/messages?${query({ limit: 50, ...place })}`);
    }

    // Doing

    /** The conversation with a person, made if there is none. */
    converse(recipientID) {
        return this.#post('/conversations', { recipient_id: recipientID });
    }

    /** What became of one's own message, with times. */
    status(conversationID, messageID) {
        return this.#call(`/conversations/${part(conversationID)}/messages/${part(messageID)}/status`);
    }

    // People

    /** People whose username, or a word of whose name, begins like this. */
    people(typed, signal) {
        return this.#call(`/users/search?${query({ q: typed })}`, { signal });
    }

    block(personID) {
        return this.#post(`/users/${part(personID)}/block`);
    }

    unblock(personID) {
        return this.#call(`/users/${part(personID)}/block`, { method: 'DELETE' });
    }

    blocks() {
        return this.#call(`/users/me/blocks?${query({ limit: 100 })}`);
    }

    // Oneself

    rename(displayName) {
        return this.#call('/users/me', { method: 'PATCH', body: { display_name: displayName } });
    }

    privacy() {
        return this.#call('/users/me/privacy');
    }

    /** @param {{read_receipts?: boolean, show_typing?: boolean, show_last_seen?: boolean}} change */
    changePrivacy(change) {
        return this.#call('/users/me/privacy', { method: 'PATCH', body: change });
    }

    changePassword(current, replacement) {
        return this.#post('/auth/password', { current, new: replacement });
    }

    devices() {
        return this.#call('/devices');
    }

    signOutDevice(id) {
        return this.#call(`/devices/${part(id)}`, { method: 'DELETE' });
    }

    #post(path, body) {
        return this.#call(path, { method: 'POST', body });
    }

    /** Asks with a token that is good; waits where there were too many requests. */
    async #call(path, options) {
        let token = await this.#session.accessToken();
        for (let pauses = 0, isSecondToken = false; ;) {
            try {
                return await request(path, { ...options, token });
            } catch (error) {
                if (error.status === 401 && !isSecondToken) {
                    // Ended early: the clock here is wrong, or the key was changed there.
                    await this.#session.renew(token);
                    token = await this.#session.accessToken();
                    isSecondToken = true;
                } else if (error.status === 429 && pauses < mostPauses && error.retryAfter <= longestPause) {
                    pauses += 1;
                    await new Promise((resume) => setTimeout(resume, Math.max(1, error.retryAfter) * 1000));
                } else {
                    throw error;
                }
            }
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

const part = encodeURIComponent;

function query(values) {
    return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
