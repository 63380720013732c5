namespace Ingest.Engine;

/// <summary>Somebody who waits for the events of one request to be safe. Completed exactly once.</summary>
public abstract class Receipt
{
    /// <summary>Called within the partition's turn: must be short and must not throw.</summary>
    public abstract void Complete(in IntakeResult result);
}
