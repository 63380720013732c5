// Sends events with the official Snowplow tracker until its standard input ends, and then goes on until the tracker has
// counted every one of them as sent.
//   node track.mjs COLLECTOR_URL EVENTS_PER_SECOND
// Prints one JSON object a line:
//   {"tracked": {...}, "stream": "good", "rule": "..."}   an event as the tracker built it, and what must become of it
//   {"acknowledged": ["id", ...]}                         events that the tracker counts as sent
//   {"failed": "reason", "events": 3, "willRetry": true}  a request that did not succeed
//
// Retries are the tracker's own. As its source has it (tracker-core 4.8.0): an event stays in the event store until a
// request with it was answered 2xx and that answer was read to its end; only then onRequestSuccess is called. After a
// network error, a time-out or a status other than 400, 401, 403, 410 and 422 it stays at the head of the store and is
// sent again with the next flush. The tracker has no timer of its own: a flush happens when an event comes in and the
// buffer is full, or when the application calls flush(), which is what an application does that wants all delivered.
import { newTracker } from '@snowplow/node-tracker';
import { newInMemoryEventStore } from '@snowplow/tracker-core';
import { kinds } from './events.mjs';

const [endpoint, eventsPerSecond] = process.argv.slice(2);
const tickMs = 20;
const flushMs = 250;
// How long to go on after the end of input: the server of a test comes back within seconds.
const giveUpMs = 180_000;

const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const pending = new Set();

function newTrackerOf(namespace, eventMethod, encodeBase64, bufferSize) {
  return newTracker({ namespace, appId: 'shop', encodeBase64 }, {
    endpoint,
    eventMethod,
    bufferSize,
    connectionTimeout: 5_000,
    // The store drops its oldest events beyond its size (1,000 unless told), and then takes out as many others when
    // those it has sent are acknowledged: it must hold all that comes in while the server is down.
    eventStore: newInMemoryEventStore({ maxSize: 1_000_000 }),
    onRequestSuccess: (events) => {
      const acknowledged = events.map((event) => event.eid);
      acknowledged.forEach((id) => pending.delete(id));
      print({ acknowledged });
    },
    onRequestFailure: ({ events, message, status, willRetry }) => {
      print({ failed: status ?? message, events: events.length, willRetry });
    },
  });
}

// Posts with documents in base64 and as plain text, and the GET pixel, which takes one event a request.
const trackers = [
  newTrackerOf('post-base64', 'post', true, 5),
  newTrackerOf('post-plain', 'post', false, 10),
  newTrackerOf('get', 'get', true, 1),
];

const all = Object.values(kinds);
let count = 0;

function trackNext() {
  const n = count++;
  const { stream, rule, build } = all[n % all.length];
  const tracked = trackers[Math.floor(n / all.length) % trackers.length].track(...build(n));
  pending.add(tracked.eid);
  print({ tracked, stream, rule });
}

const flushing = setInterval(() => trackers.forEach((tracker) => tracker.flush()), flushMs);
const tracking = setInterval(() => {
  for (let i = 0; i < eventsPerSecond * tickMs / 1000; i++) trackNext();
}, tickMs);

process.stdin.resume();
process.stdin.on('end', async () => {
  clearInterval(tracking);
  const giveUpAt = Date.now() + giveUpMs;
  while (pending.size > 0 && Date.now() < giveUpAt) await new Promise((next) => setTimeout(next, flushMs));
  if (pending.size > 0) {
    console.error(`${pending.size} events were not acknowledged within ${giveUpMs / 1000} s.`);
    process.exit(1);
  }
  clearInterval(flushing);
});
