using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// The role of this region as of now: what it was told, unless the record of a promotion stands in its lake, which beats it.
/// </summary>
/// <remarks>
/// Until the lake was read, nobody knows whether a receiver was promoted: it takes events as a receiver does, which is right in
/// either case, and delivers them nowhere.
/// </remarks>
/// <param name="settings">What the server was told.</param>
/// <param name="lake">The region's lake.</param>
/// <param name="period">How often a receiver looks for a promotion; also how long a start waits for the first look.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
public sealed class RegionState(RegionSettings settings, ILake lake, TimeSpan period, TimeProvider time, HostingLog log)
{
    /// <summary>How long a look may take, or storing the record: far above what a slow lake needs, or nothing would ever be relayed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private RoleRecord? _promotion;
    private string? _unknown = settings.Role == RegionRole.Receiver ? "whether this region was promoted was not looked up yet" : null;

    /// <summary>What the server was told.</summary>
    public RegionSettings Settings => settings;

    /// <summary>The region's name; empty for a lone region.</summary>
    public string Name => settings.Name ?? "";

    /// <summary>What the region does with the events that it takes.</summary>
    public RegionRole Role => Promotion?.Role ?? settings.Role;

    /// <summary>
    /// Why it is not known whether the region was promoted; null when it is. There may be several looks at once: one that
    /// fails takes back nothing of what another one found.
    /// </summary>
    public string? Unknown => Promotion is null ? Volatile.Read(ref _unknown) : null;

    /// <summary>The promotion that is in force; null where there was none.</summary>
    public RoleRecord? Promotion => Volatile.Read(ref _promotion);

    /// <summary>Begins the first look, and waits a while for its end: a lake that hangs must not hold up the start.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var look = LookAsync(cancellation);
        await Task.WhenAny(look, Task.Delay(period, time, cancellation));
    }

    /// <summary>Looks for a promotion. A lake that cannot be read holds up nobody: the role is unknown until it can.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (settings.Role != RegionRole.Receiver || Promotion is not null)
            return;
        using var timer = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            if (await lake.FindAsync(LakeLayout.RoleKey, RelayFormat.Default.RoleRecord, either.Token) is { } record)
                Take(record);
            Volatile.Write(ref _unknown, null);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            var why = exception is OperationCanceledException ? $"no answer within {Timeout}" : exception.Message;
            Volatile.Write(ref _unknown, $"whether this region was promoted cannot be read, so nothing is relayed: {why}");
            log.OnRoleNotRead(why);
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
        using var timer = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        PutResult put;
        try
        {
            put = await lake.PutAsync(LakeDocument.Of(LakeLayout.RoleKey, record, RelayFormat.Default.RoleRecord), either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            put = new PutResult(PutOutcome.Unreachable, $"no answer within {Timeout}");
        }

        // Somebody else may have promoted it a moment ago.
        await LookAsync(cancellation);
        return Role == RegionRole.Primary ? null : $"the record {LakeLayout.RoleKey} is not in the lake ({put.Outcome}): {put.Detail ?? Unknown}";
    }

    private void Take(RoleRecord record)
    {
        if (record.Region != Name)
            throw new InvalidDataException($"{LakeLayout.RoleKey} is of region {record.Region}, and this is {Name}: either --region was changed, or two regions share a lake");
        Volatile.Write(ref _promotion, record);
        log.Promoted(Name, record.Role, record.Since);
    }
}
