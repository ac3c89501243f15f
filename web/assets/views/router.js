/**
 * What is open stands in the address, after `#`: so the back button of a phone works, and a reload shows the same.
 *
 * `#/` the inbox; `#/c/<id>` a conversation
 */

export const inboxAddress = '#/';

export const addressOf = (conversationID) => `#/c/${encodeURIComponent(conversationID)}`;

/** The conversation that the address names; `null` for none. */
export function conversationInAddress() {
    const [, id] = location.hash.match(/^#\/c\/([^/]+)$/) ?? [];
    try {
        return id ? decodeURIComponent(id) : null;
    } catch {
        return null;
    }
}
