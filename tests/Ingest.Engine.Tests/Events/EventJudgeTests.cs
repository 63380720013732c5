namespace Ingest.Engine.Tests;

public sealed class EventJudgeTests
{
    [Fact]
    public void What_is_judged_ahead_is_judged_the_same_and_keeps_few_errors() => Property.HoldsForHistories(count: 500, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var validator = new ErrorsByLength(choices.Of([0, 2, 12]));
        var before = Judge(batch, validator);
        Assert.Equal(before, Judge(batch, validator));
        var documents = batch.Events.ToArray().Select(entry => entry.CheckCount).ToList();

        EventJudge.JudgeAhead(batch, validator);

        Assert.Equal(before, Judge(batch, validator));
        var kept = 0;
        for (var i = 0; i < documents.Count; i++)
        {
            if (documents[i] > 0 && batch.Events[i].CheckCount == 0)
                kept += batch.Events[i].Errors?.Count ?? 0;
        }

        Assert.InRange(kept, 0, EventJudge.ErrorsAheadMax);
        // What was left to the partition is behind more errors than are kept.
        Assert.True(batch.Events.ToArray().All(entry => entry.CheckCount == 0) || before.Sum(errors => errors.Count) > EventJudge.ErrorsAheadMax);
    });

    [Fact]
    public void An_event_that_breaks_the_validator_is_invalid_and_costs_its_neighbours_nothing()
    {
        using var batch = new EventBatch();
        foreach (var number in (int[])[0, 4, 7])
            new TestEvent(number).AddTo(batch);
        EventJudge.JudgeAhead(batch, new TestEvent.Validator());
        Assert.All(batch.Events.ToArray(), entry => Assert.Equal(0, entry.CheckCount));
        Assert.Equal(
            [null, EventRules.ValidatorFailed, null],
            batch.Events.ToArray().Select(entry => entry.Errors is null ? null : Assert.Single(entry.Errors).Rule));
    }

    /// <summary>Every reason of each event; none where it is valid.</summary>
    private static List<List<EventError>> Judge(EventBatch batch, IEventValidator validator) =>
        [.. batch.Events.ToArray().Select(entry => EventJudge.Judge(batch, entry, validator) ?? [])];

    /// <summary>Finds up to so many errors in a document, by its length.</summary>
    private sealed class ErrorsByLength(int max) : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            for (var error = check.Instance.Length % (max + 1); error > 0; error--)
                (errors ??= []).Add(new EventError(check.Where, "type", $"{error}"));
        }
    }
}
