using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>A way in which clients send events: reads them, has them stored, and answers the success.</summary>
public interface IProtocol
{
    /// <summary>Reads the events of one request and begins to store them.</summary>
    /// <param name="context">The request. No more than headers of a success are set on its response.</param>
    /// <param name="sources">The sources in force.</param>
    /// <param name="source">The source that the path names; null where the events decide.</param>
    /// <param name="body">The body, read.</param>
    Taken Take(HttpContext context, SourceSet sources, Source? source, RequestBody body);

    /// <summary>Answers <see cref="Answer.Stored"/> or <see cref="Answer.NotTracked"/> as this protocol's clients want it.</summary>
    Task WriteSuccessAsync(HttpContext context, in IntakeResult counts);
}

/// <summary>
/// A request that was read: how to answer it, or its events on their way to be stored. Not a task of its own, which every
/// request would pay for. The default one is neither, and must never be taken for a success: asking for what it stores throws.
/// </summary>
public readonly struct Taken
{
    private readonly ValueTask<IntakeResult> _stored;
    private readonly bool _isStoring;

    private Taken(Answer? decided, ValueTask<IntakeResult> stored, bool isStoring)
    {
        Decided = decided;
        _stored = stored;
        _isStoring = isStoring;
    }

    /// <summary>How to answer, where nothing is to be stored; else null.</summary>
    public Answer? Decided { get; }

    /// <summary>Nothing is to be stored.</summary>
    public static Taken As(Answer answer) => new(answer, default, isStoring: false);

    /// <summary>The events are being stored.</summary>
    public static Taken ToStore(ValueTask<IntakeResult> stored) => new(null, stored, isStoring: true);

    /// <summary>What becomes of the events; to be awaited once.</summary>
    /// <exception cref="InvalidOperationException">No events are being stored.</exception>
    public ValueTask<IntakeResult> StoredAsync() =>
        _isStoring ? _stored : throw new InvalidOperationException("The protocol is storing nothing.");
}
