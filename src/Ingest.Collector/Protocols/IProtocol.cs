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

/// <summary>A request that was read. Not a task of its own, which every request would pay for.</summary>
/// <param name="Decided">How to answer, where nothing is to be stored; else null.</param>
/// <param name="Storing">What becomes of its events, where they are being stored; to be awaited once.</param>
public readonly record struct Taken(Answer? Decided, ValueTask<IntakeResult> Storing = default)
{
    /// <param name="storing">What becomes of its events.</param>
    public Taken(ValueTask<IntakeResult> storing)
        : this(null, storing)
    {
    }
}
