/** Time within which a page that is being reloaded lets go of its claim, in milliseconds. */
const patience = 1_500;

/**
 * Claims a device for this tab, for as long as the tab lives.
 *
 * Duplicating a tab copies its `sessionStorage`, tokens included; a lock is what the copy does not get.
 *
 * @returns {Promise<(() => void) | null>} lets go of the claim; `null` when another tab holds it
 */
export function claim(deviceID) {
    if (!navigator.locks) return Promise.resolve(() => {});  // offered to https and localhost only
    return new Promise((resolve) => {
        const held = () => new Promise((release) => resolve(release));
        navigator.locks.request(`parley.device.${deviceID}`, { signal: AbortSignal.timeout(patience) }, held).catch(() => resolve(null));
    });
}
