using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Bounds the errors that are kept of one request. The first ones tell what is wrong; a hostile request could have
/// millions, each of them larger than the bytes it is about.
/// </summary>
public sealed class RequestErrors
{
    /// <summary>Errors of one event.</summary>
    public const int EventMax = 20;

    /// <summary>Errors of one request after which an event has at most <see cref="EventMaxBeyond"/>.</summary>
    public const int FewerAfter = 1000;

    /// <summary>Errors of one event once its request has many.</summary>
    public const int EventMaxBeyond = 3;

    /// <summary>Bytes of memory that an error takes: its texts are excerpts.</summary>
    public const int BytesEach = 512;

    /// <summary>Errors of the request so far.</summary>
    public int Count { get; private set; }

    /// <summary>True where one more is kept of an event; its texts need not be made otherwise.</summary>
    public bool HasRoom(List<EventError>? errors) =>
        (errors?.Count ?? 0) < (Count < FewerAfter ? EventMax : EventMaxBeyond);

    /// <summary>Adds an error of an event where there is room. The first one of an event always has it.</summary>
    public void Add(ref List<EventError>? errors, EventError error)
    {
        if (!HasRoom(errors))
            return;
        (errors ??= new List<EventError>(1)).Add(error);
        Count++;
    }
}
