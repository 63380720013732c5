using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// The role of this region as of now: what it was told, unless the record of a promotion stands in its lake, which beats it.
/// </summary>
/// <param name="settings">What the server was told.</param>
/// <param name="lake">The region's lake.</param>
/// <param name="period">How often a receiver looks for a promotion.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
public sealed class RegionState(RegionSettings settings, ILake lake, TimeSpan period, TimeProvider time, HostingLog log)
{
    private RoleRecord? _promotion;

    /// <summary>What the server was told.</summary>
    public RegionSettings Settings => settings;

    /// <summary>The region's name; empty for a lone region.</summary>
    public string Name => settings.Name ?? "";

    /// <summary>What the region does with the events that it takes.</summary>
    public RegionRole Role => Promotion?.Role ?? settings.Role;

    /// <summary>The promotion that is in force; null where there was none.</summary>
    public RoleRecord? Promotion => Volatile.Read(ref _promotion);

    /// <summary>
    /// Looks for a promotion. A lake that cannot be read holds up nobody: a region that was promoted keeps its events as a
    /// receiver does until the record is seen, and then delivers them to itself.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (settings.Role != RegionRole.Receiver || Promotion is not null)
            return;
        try
        {
            if (await lake.FindAsync(LakeLayout.RoleKey, RelayFormat.Default.RoleRecord, cancellation) is { } record)
                Take(record);
        }
        catch (Exception exception) when (exception is LakeUnavailableException or InvalidDataException)
        {
            log.OnRoleNotRead(exception.Message);
        }
    }

    /// <summary>Looks for a promotion again and again, until cancelled.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await LookAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Makes a receiver the primary, for good: durable before anything changes.</summary>
    /// <returns>Null when it is done, or was done before; else why it is not.</returns>
    public async Task<string?> PromoteAsync(CancellationToken cancellation)
    {
        if (Role == RegionRole.Primary)
            return null;
        var record = new RoleRecord(RelayFormat.Version, Name, RegionRole.Primary, Instant.From(time.GetUtcNow()));
        var put = await lake.PutAsync(LakeDocument.Of(LakeLayout.RoleKey, record, RelayFormat.Default.RoleRecord), cancellation);
        // Somebody else may have promoted it a moment ago.
        await LookAsync(cancellation);
        return Role == RegionRole.Primary ? null : $"the record {LakeLayout.RoleKey} is not in the lake ({put.Outcome}): {put.Detail}";
    }

    private void Take(RoleRecord record)
    {
        if (record.Region != Name)
            throw new InvalidDataException($"{LakeLayout.RoleKey} is of region {record.Region}, and this is {Name}: two regions must not share a lake");
        Volatile.Write(ref _promotion, record);
        log.Promoted(Name, record.Role, record.Since);
    }
}
