using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>A way in which clients send events: reads them, has them stored, and answers the success.</summary>
public interface IProtocol
{
    /// <summary>Stores the events of one request.</summary>
    /// <param name="context">The request. No more than headers of a success are set on its response.</param>
    /// <param name="sources">The sources in force.</param>
    /// <param name="source">The source that the path names; null where the events decide.</param>
    /// <param name="body">The body, read.</param>
    ValueTask<ProtocolResult> StoreAsync(HttpContext context, SourceSet sources, Source? source, RequestBody body);

    /// <summary>Answers <see cref="Answer.Stored"/> or <see cref="Answer.NotTracked"/> as this protocol's clients want it.</summary>
    Task WriteSuccessAsync(HttpContext context, in IntakeResult counts);
}

/// <summary>How a request ends.</summary>
/// <param name="Answer">By which row of the table.</param>
/// <param name="Counts">What became of its events, or why they could not be stored.</param>
public readonly record struct ProtocolResult(Answer Answer, IntakeResult Counts = default);
