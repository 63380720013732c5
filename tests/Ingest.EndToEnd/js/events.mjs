// The events that the tracker sends, by kind, and what must become of each: the stream, and for the quarantine the rule
// that its errors must name. Schemas are those of ../config/schemas.
import {
  buildPageView, buildSelfDescribingEvent, buildStructEvent,
} from '@snowplow/node-tracker';

const signup = (data) => buildSelfDescribingEvent({
  event: { schema: 'iglu:com.acme/signup/jsonschema/1-0-0', data },
});

const device = (data) => ({ schema: 'iglu:com.acme/device/jsonschema/1-0-0', data });

const good = (build) => ({ stream: 'good', build });
const quarantine = (rule, build) => ({ stream: 'quarantine', rule, build });

// Each builds the n-th event: [what happened, contexts].
export const kinds = {
  pageView: good((n) => [
    buildPageView({ pageUrl: `https://shop.example/p/${n}?q=a%20b&r=ü`, pageTitle: `Page ${n} "quoted" \\ 日本` }),
  ]),
  structured: good((n) => [
    buildStructEvent({ category: 'cart', action: 'add', label: `item ${n}`, property: 'größe', value: n / 4 }),
  ]),
  selfDescribing: good((n) => [signup({ user: `user-${n}`, plan: 'free', age: 18 + (n % 80) })]),
  invalidData: quarantine('iglu:com.acme/signup/jsonschema/1-0-0#/properties/age/minimum', (n) => [
    signup({ user: `user-${n}`, plan: 'free', age: -1 }),
  ]),
  unknownSchema: quarantine('unknown_schema', (n) => [
    buildSelfDescribingEvent({ event: { schema: 'iglu:com.acme/nowhere/jsonschema/1-0-0', data: { n } } }),
  ]),
  withContexts: good((n) => [
    buildPageView({ pageUrl: `https://shop.example/c/${n}` }),
    [device({ model: `m${n}`, cores: 1 + (n % 16) }), device({ model: 'emoji 🙂', cores: 2 })],
  ]),
  invalidContext: quarantine('iglu:com.acme/device/jsonschema/1-0-0#/required', (n) => [
    signup({ user: `user-${n}`, plan: 'team', age: 30 }),
    [device({ model: `m${n}`, cores: 4 }), device({ model: 'no cores' })],
  ]),
};
