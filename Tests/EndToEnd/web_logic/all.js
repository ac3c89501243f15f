import './conversation.js';
import './history.js';
import './outbox-queue.js';
import './pacing.js';
import './text.js';

export { run } from './harness.js';
