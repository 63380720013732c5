using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// The batches of one request, one for each source that its events belong to. The first source's is the request's own
/// batch, which has the body; nearly always it is the only one.
/// </summary>
/// <param name="home">The request's own batch, disposed by its owner.</param>
public sealed class SourceBatches(EventBatch home) : IDisposable
{
    private readonly List<(Source Source, EventBatch Batch)> _batches = new(1);

    /// <summary>Every source that has a batch.</summary>
    public IReadOnlyList<(Source Source, EventBatch Batch)> All => _batches;

    /// <summary>The batch of a source.</summary>
    public EventBatch Of(Source source)
    {
        foreach (var (known, batch) in _batches)
        {
            if (ReferenceEquals(known, source))
                return batch;
        }
        var added = _batches.Count == 0 ? home : new EventBatch();
        _batches.Add((source, added));
        return added;
    }

    /// <summary>Has all of them stored, at the same time.</summary>
    /// <returns>Stored only where all of them are.</returns>
    public async ValueTask<IntakeResult> AcceptAsync(IIntake intake)
    {
        if (_batches.Count == 1)
            return await intake.AcceptAsync(_batches[0].Source.Name, _batches[0].Batch);
        var results = await Task.WhenAll(_batches.Select(b => intake.AcceptAsync(b.Source.Name, b.Batch).AsTask()));
        return results.Aggregate(new IntakeResult(IntakeOutcome.Stored), (sum, result) => sum + result);
    }

    public void Dispose()
    {
        foreach (var (_, batch) in _batches)
        {
            if (batch != home)
                batch.Dispose();
        }
    }
}
