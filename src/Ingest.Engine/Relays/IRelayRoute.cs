namespace Ingest.Engine;

/// <summary>Where a bridge delivers as of now. A promotion changes it at any time.</summary>
public interface IRelayRoute
{
    /// <summary>The way; null while nobody knows what this region is, and then nothing may be delivered.</summary>
    IRelayLink? Link { get; }

    /// <summary>Why there is no way; null where there is one.</summary>
    string? Unknown { get; }

    /// <summary>Looks whether it has changed: asked before each object. Never throws for a fault of the lake.</summary>
    ValueTask LookAsync(CancellationToken cancellation);
}
