namespace Ingest.Engine.Tests;

/// <summary>What a client sends, until it is told that all of it is safe.</summary>
internal sealed class Request(IReadOnlyList<TestEvent> events, Action<IReadOnlyList<TestEvent>, IntakeResult> onStored)
{
    public IReadOnlyList<TestEvent> Events { get; } = events;

    public bool IsStored { get; private set; }

    /// <summary>Events of answers that said "send again".</summary>
    public int Refused { get; private set; }

    /// <summary>Events of answers that said that they belong to another partition.</summary>
    public int Moved { get; private set; }

    /// <summary>One try: for each partition, as a router chooses it that knows of so many, the part that goes there.</summary>
    public IReadOnlyDictionary<PartitionId, Sending> Send(string source, int partitionCount)
    {
        var parts = Events.ToLookup(sent => PartitionId.Of(source, sent.IdHash, partitionCount));
        var attempt = new Attempt(parts.Count);
        return parts.ToDictionary(part => part.Key, part => new Sending(this, [.. part], attempt));
    }

    /// <summary>One try.</summary>
    internal sealed class Attempt(int parts)
    {
        /// <summary>Parts that are not stored yet.</summary>
        public int Open { get; set; } = parts;
    }

    /// <summary>The receipt of one part of one try.</summary>
    public sealed class Sending : Receipt
    {
        private readonly Request _request;
        private readonly IReadOnlyList<TestEvent> _events;
        private readonly Attempt _attempt;

        /// <summary>All of a request as one part.</summary>
        public Sending(Request request)
            : this(request, request.Events, new Attempt(1))
        {
        }

        public Sending(Request request, IReadOnlyList<TestEvent> events, Attempt attempt) =>
            (_request, _events, _attempt) = (request, events, attempt);

        /// <summary>What was answered; null before.</summary>
        public IntakeResult? Answer { get; private set; }

        public bool IsAnswered => Answer is not null;

        public EventBatch ToBatch()
        {
            var batch = new EventBatch();
            batch.Collector = batch.Append("""{"ip":"203.0.113.7","protocol":"test"}"""u8);
            foreach (var sent in _events)
                sent.AddTo(batch);
            return batch;
        }

        public override void Complete(in IntakeResult result)
        {
            Assert.False(IsAnswered, "answered twice");
            Answer = result;
            switch (result.Outcome)
            {
                case IntakeOutcome.Stored:
                    _request.IsStored |= --_attempt.Open == 0;
                    _request.OnStored(_events, result);
                    break;
                case IntakeOutcome.Moved:
                    _request.Moved += _events.Count;
                    break;
                default:
                    _request.Refused += _events.Count;
                    break;
            }
        }
    }

    private void OnStored(IReadOnlyList<TestEvent> stored, IntakeResult result) => onStored(stored, result);
}
