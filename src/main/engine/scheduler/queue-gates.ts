/** A queue's own rules as a gate: paused, only at certain hours, rate limits. Keeps the one timer for whatever of that changes by itself. */
import { queueRules, rate, type Hours, type QueueRules, type Rate, type Wait } from '../../../shared/queue-contract.ts';
import { QUEUE_NAMES, type QueueName } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { ClaimRates } from '../store/store.ts';
import type { Gate } from './gate.ts';
import { hoursAt, type HoursNow } from './hours.ts';

export interface QueueGatesOptions {
  readonly clock: Clock;
  /** Everything under its stored name; what is not of queues is left alone. */
  readonly stored: Readonly<Record<string, string>>;
  /** Something may be claimed that could not be, or the other way round. hasOtherReasons: what people are told has changed too. */
  readonly onChange: (hasOtherReasons: boolean) => void;
}

/** Timers stand still while a machine sleeps, and a wall clock can be set: whoever waits for a time of day looks at least this often. */
const LONGEST_TIMER_MS = 300_000;
const RULES_PREFIX = 'queueRules.';
const LIMIT_PREFIX = 'rateLimit.';

/** The name under which the store keeps a queue's rules. */
export const rulesName = (queue: QueueName): string => `${RULES_PREFIX}${queue}`;
/** The name under which the store keeps a key's limit. */
export const limitName = (key: string): string => `${LIMIT_PREFIX}${key}`;

/** Every reason by which a queue with these rules waits, but for rates, of which the store knows. hoursNow null: at all hours. */
export function reasonsOf({ pause }: QueueRules, hoursNow: HoursNow | null): Wait[] {
  return [
    ...(pause === 'none' ? [] : [{ reason: 'paused' as const, until: null }]),
    ...(hoursNow === null || hoursNow.isOpen ? [] : [{ reason: 'hours' as const, until: hoursNow.until }]),
  ];
}

/** Whether what runs under these rules shall stop. */
export function interrupts({ pause, atClose }: QueueRules, hoursNow: HoursNow | null): boolean {
  return pause === 'now' || (atClose === 'interrupt' && hoursNow !== null && !hoursNow.isOpen);
}

export class QueueGates implements Gate {
  readonly #options: QueueGatesOptions;
  readonly #rules = new Map<QueueName, QueueRules>();
  readonly #limits = new Map<string, Rate>();
  /** How the hours stood when they were last looked at: from then until they change. */
  readonly #hours = new Map<QueueName, HoursNow & { readonly of: Hours; readonly since: number }>();
  /** When what was passed over may be tried again; may lie in the past. */
  readonly #rateUntil = new Map<QueueName, number>();
  #cancelTimer: (() => void) | undefined;
  #told = '';
  #isClosed = false;

  constructor(options: QueueGatesOptions) {
    this.#options = options;
    for (const queue of QUEUE_NAMES) this.#rules.set(queue, readRules(options.stored[rulesName(queue)]));
    for (const [name, text] of Object.entries(options.stored)) {
      const limit = name.startsWith(LIMIT_PREFIX) ? rate.safeParse(parseJson(text)).data : undefined;
      if (limit !== undefined) this.#limits.set(name.slice(LIMIT_PREFIX.length), limit);
    }
    this.#told = this.#reasons;
    this.#arm();
  }

  rulesOf(queue: QueueName): QueueRules {
    return this.#rules.get(queue) ?? readRules(undefined);
  }

  setRules(queue: QueueName, rules: QueueRules): void {
    this.#rules.set(queue, rules);
    this.#rateUntil.delete(queue);
    this.#changed();
  }

  /** By key, in the order of their names. */
  get limits(): { readonly key: string; readonly rate: Rate }[] {
    return [...this.#limits].map(([key, limit]) => ({ key, rate: limit })).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Null takes it away. */
  setLimit(key: string, limit: Rate | null): void {
    if (limit === null) this.#limits.delete(key);
    else this.#limits.set(key, limit);
    this.#rateUntil.clear();
    this.#changed();
  }

  mayClaim(queue: QueueName): true | Wait {
    const [first] = this.#fixedReasons(queue);
    return first ?? true;
  }

  waitsFor(queue: QueueName): readonly Wait[] {
    const until = this.#rateUntil.get(queue);
    const isRated = until !== undefined && until > this.#options.clock.now();
    return [...this.#fixedReasons(queue), ...(isRated ? [{ reason: 'rate' as const, until }] : [])];
  }

  isInterrupting(queue: QueueName): boolean {
    return interrupts(this.rulesOf(queue), this.#hoursNow(queue));
  }

  /** The limits that the queue's next claim has to keep; null: none. */
  ratesOf(queue: QueueName): ClaimRates | null {
    const ofQueue = this.rulesOf(queue).rate;
    return ofQueue === null && this.#limits.size === 0 ? null : { queue: ofQueue, keys: Object.fromEntries(this.#limits) };
  }

  /** The newest claim has passed tasks over until then, or none (null). */
  passedOver(queue: QueueName, until: number | null): void {
    if (until === null && !this.#rateUntil.delete(queue)) return;
    if (until !== null) this.#rateUntil.set(queue, until);
    this.#tellIfChanged(false);
    this.#arm();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
  }

  #fixedReasons(queue: QueueName): Wait[] {
    return reasonsOf(this.rulesOf(queue), this.#hoursNow(queue));
  }

  #hoursNow(queue: QueueName): HoursNow | null {
    const { hours } = this.rulesOf(queue);
    if (hours === null) return null;
    const now = this.#options.clock.now();
    const known = this.#hours.get(queue);
    if (known !== undefined && known.of === hours && now >= known.since && now < known.until) return known;
    const looked = { ...hoursAt(hours, now), of: hours, since: now };
    this.#hours.set(queue, looked);
    return looked;
  }

  #changed(): void {
    this.#tellIfChanged(true);
    this.#arm();
  }

  /** One timer for the next moment at which a queue opens or closes, or a rate lets something through. */
  #arm(): void {
    this.#cancelTimer?.();
    if (this.#isClosed) return;
    const { clock } = this.#options;
    const now = clock.now();
    const boundaries = QUEUE_NAMES.map((queue) => this.#hoursNow(queue)?.until ?? Infinity);
    const next = Math.min(...boundaries, ...[...this.#rateUntil.values()].filter((until) => until > now));
    if (Number.isFinite(next)) this.#cancelTimer = clock.after(Math.min(Math.max(1, next - now), LONGEST_TIMER_MS), () => this.#changed());
  }

  #tellIfChanged(mayClaimMore: boolean): void {
    if (this.#isClosed) return;
    const reasons = this.#reasons;
    const hasOtherReasons = reasons !== this.#told;
    this.#told = reasons;
    if (hasOtherReasons || mayClaimMore) this.#options.onChange(hasOtherReasons);
  }

  /** Without the times, and with rates that may let something through by now: a queue that goes on at its rate is not news each time. */
  get #reasons(): string {
    return QUEUE_NAMES.map((queue) => [queue, ...this.#fixedReasons(queue).map(({ reason }) => reason), this.#rateUntil.has(queue) ? 'rate' : '', String(this.isInterrupting(queue))].join()).join(' ');
  }
}

/** Stored data that does not fit any more counts as not set. */
function readRules(text: string | undefined): QueueRules {
  return queueRules.safeParse(text === undefined ? {} : parseJson(text)).data ?? queueRules.parse({});
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
