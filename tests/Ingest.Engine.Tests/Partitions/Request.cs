namespace Ingest.Engine.Tests;

/// <summary>What a client sends, until it is told that all of it is safe.</summary>
internal sealed class Request(IReadOnlyList<TestEvent> events, Action<Request, IntakeResult> onStored)
{
    public IReadOnlyList<TestEvent> Events { get; } = events;

    public bool IsStored { get; private set; }

    /// <summary>Events of answers that said "send again".</summary>
    public int Refused { get; private set; }

    public EventBatch ToBatch()
    {
        var batch = new EventBatch();
        batch.Collector = batch.Append("""{"ip":"203.0.113.7","protocol":"test"}"""u8);
        foreach (var sent in Events)
            sent.AddTo(batch);
        return batch;
    }

    /// <summary>The receipt of one sending.</summary>
    public sealed class Sending(Request request) : Receipt
    {
        public bool IsAnswered => Outcome is not null;

        public IntakeOutcome? Outcome { get; private set; }

        public override void Complete(in IntakeResult result)
        {
            Assert.False(IsAnswered, "answered twice");
            Outcome = result.Outcome;
            if (result.Outcome == IntakeOutcome.Unavailable)
                request.Refused += request.Events.Count;
            if (result.Outcome != IntakeOutcome.Stored)
                return;

            request.IsStored = true;
            request.OnStored(result);
        }
    }

    private void OnStored(IntakeResult result) => onStored(this, result);
}
