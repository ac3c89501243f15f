/**
 * Does a job while no other tab of this browser does one of the same name.
 *
 * Web Locks are offered to https and localhost only; elsewhere the job is done at once, and the service sorts out what meets.
 */
export function exclusively(name, job) {
    return navigator.locks ? navigator.locks.request(name, job) : job();
}
