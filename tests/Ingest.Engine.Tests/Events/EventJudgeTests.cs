namespace Ingest.Engine.Tests;

public sealed class EventJudgeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_is_judged_ahead_is_judged_the_same_and_keeps_little() => Property.HoldsForHistories(count: 500, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var validator = new ErrorsByLength(choices.Of([0, 2, 12]), new string('x', choices.Of([1, 300])));
        var before = Judge(batch, validator);
        Assert.Equal(before, Judge(batch, validator));
        var documents = batch.Events.ToArray().Select(entry => entry.CheckCount).ToList();

        EventJudge.JudgeAhead(batch, validator, TimeProvider.System, Long);

        Assert.Equal(before, Judge(batch, validator));
        var characters = 0;
        for (var i = 0; i < documents.Count; i++)
        {
            if (documents[i] > 0 && batch.Events[i].CheckCount == 0)
                characters += batch.Events[i].Errors?.Sum(error => error.Where.Length + error.Rule.Length + error.Found.Length) ?? 0;
        }

        Assert.InRange(characters * sizeof(char), 0, EventJudge.AheadBytesMax);
        // What is valid is not left to the partition.
        if (before.All(errors => errors.Count == 0))
            Assert.All(batch.Events.ToArray(), entry => Assert.Equal(0, entry.CheckCount));
    });

    [Fact]
    public void What_takes_long_is_left_to_the_partition()
    {
        using var batch = new EventBatch();
        foreach (var number in (int[])[0, 7, 14, 21, 28])
            new TestEvent(number).AddTo(batch);
        var time = new Stopwatch();
        EventJudge.JudgeAhead(batch, new TakesTime(time), time, TimeSpan.FromMilliseconds(20));
        Assert.Equal([0, 0, 1, 1, 1], batch.Events.ToArray().Select(entry => entry.CheckCount));
    }

    [Fact]
    public void An_event_that_breaks_the_validator_is_invalid_and_costs_its_neighbours_nothing()
    {
        using var batch = new EventBatch();
        foreach (var number in (int[])[0, 4, 7])
            new TestEvent(number).AddTo(batch);
        EventJudge.JudgeAhead(batch, new TestEvent.Validator(), TimeProvider.System, Long);
        Assert.All(batch.Events.ToArray(), entry => Assert.Equal(0, entry.CheckCount));
        Assert.Equal(
            [null, EventRules.ValidatorFailed, null],
            batch.Events.ToArray().Select(entry => entry.Errors is null ? null : Assert.Single(entry.Errors).Rule));
    }

    /// <summary>Every reason of each event; none where it is valid.</summary>
    private static List<List<EventError>> Judge(EventBatch batch, IEventValidator validator) =>
        [.. batch.Events.ToArray().Select(entry => EventJudge.Judge(batch, entry, validator) ?? [])];

    private sealed class Stopwatch : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }

    /// <summary>Takes 10 ms for each document.</summary>
    private sealed class TakesTime(Stopwatch time) : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors) =>
            time.Ticks += TimeSpan.FromMilliseconds(10).Ticks;
    }

    /// <summary>Finds up to so many errors in a document, by its length.</summary>
    private sealed class ErrorsByLength(int max, string found) : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            for (var error = check.Instance.Length % (max + 1); error > 0; error--)
                (errors ??= []).Add(new EventError(check.Where, "type", $"{error} {found}"));
        }
    }
}
