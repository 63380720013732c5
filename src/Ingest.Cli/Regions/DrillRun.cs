using System.Globalization;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary>One drill. The lever is moved only after the drill is written down, and moved back whatever happens.</summary>
/// <param name="session">The regions and the lever.</param>
/// <param name="counters">What the regions count.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="output">Where it reports.</param>
internal sealed class DrillRun(LeverSession session, RegionCounters counters, TimeProvider time, TextWriter output)
{
    private const int BackTriesMax = 8;

    private static readonly TimeSpan BackPause = TimeSpan.FromSeconds(2);

    /// <summary>Time between two looks at the region that has all traffic; two bad ones end the drill.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Runs it to its end.</summary>
    /// <param name="target">The region that takes all traffic.</param>
    /// <param name="length">For how long.</param>
    /// <param name="confirm">Asks the person.</param>
    /// <param name="cancellation">Ends it before its time.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string target, TimeSpan length, Func<bool> confirm, CancellationToken cancellation)
    {
        var reading = await session.Lever.ReadAsync(cancellation);
        var (before, during) = (reading.Weights, reading.Weights.AllTo(target));
        await output.WriteLineAsync($"Lever   {session.Lever.Description}");
        await output.WriteLineAsync($"Present {before}");
        await output.WriteLineAsync($"Drill   {during} for {length}, then back");
        if (await ObjectionAsync(target, reading, cancellation) is { } objection)
        {
            await Console.Error.WriteLineAsync(objection);
            return ExitCodes.Bad;
        }

        if (!confirm())
            return ExitCodes.Bad;
        var drill = Describe(before, during, length);
        var records = new DrillRecords(session.Lake!);
        if (await records.BeginAsync(drill, cancellation) is { IsConfirmed: false } refused)
        {
            await Console.Error.WriteLineAsync($"The drill cannot be written down, so it is not begun: {refused.Detail}");
            return ExitCodes.NoAnswer;
        }

        var first = await counters.ReadAsync();
        string? trouble;
        try
        {
            await session.Lever.SetAsync(before, during, CancellationToken.None);
            await session.RecordAsync(LeverRecord.Drill, before, during, $"a drill for {length}", null);
            await output.WriteLineAsync($"{Clock()} All traffic goes to {target}.");
            trouble = await WatchAsync(target, during, length, cancellation);
        }
        catch (LeverException exception)
        {
            trouble = exception.Message;
        }

        var last = await counters.ReadAsync();
        var failure = await MoveBackAsync(before, during);
        if (failure is null)
            await records.EndAsync(drill, CancellationToken.None);
        await session.RecordAsync(LeverRecord.DrillEnded, during, before, trouble ?? "its time is over", failure);
        await ReportAsync(first, last, trouble, failure);
        return failure is not null ? ExitCodes.NoAnswer : trouble is null ? ExitCodes.Good : ExitCodes.Bad;
    }

    private async Task<string?> ObjectionAsync(string target, LeverReading reading, CancellationToken cancellation)
    {
        if (!reading.Weights.IsPercent)
            return "The weights are no percentages: set them once with ./ingest lever set.";
        if (reading.Weights[target] == 100)
            return $"{target} has all traffic already.";
        if (reading.HealthOf(target) == VantageHealth.Down)
            return $"The lever's own checks say that {target} is down.";
        return (await session.ProbeAsync(cancellation))[target] is { IsReady: false } probe
            ? $"{target} cannot store events now: {probe.Why}."
            : null;
    }

    private DrillRecord Describe(RegionWeights before, RegionWeights during, TimeSpan length)
    {
        var now = Instant.From(time.GetUtcNow());
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.UnixMilliseconds:D13}-{Environment.ProcessId}");
        return new DrillRecord(id, now, now + length, LeverSession.Person, before.ToDictionary(), during.ToDictionary());
    }

    /// <summary>Looks at the region until the time is over.</summary>
    /// <returns>Why it ended before; null where it did not.</returns>
    private async Task<string?> WatchAsync(string target, RegionWeights during, TimeSpan length, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var wasBad = false;
        try
        {
            while (time.GetElapsedTime(began) is var elapsed && elapsed < length)
            {
                var left = length - elapsed;
                await Task.Delay(left < LookPeriod ? left : LookPeriod, time, cancellation);
                var probe = (await session.ProbeAsync(cancellation))[target];
                if (!probe.IsReady && wasBad)
                    return $"{target} cannot store events: {probe.Why}";
                wasBad = !probe.IsReady;
                if ((await session.Lever.ReadAsync(cancellation)).Weights is var present && !present.Equals(during))
                    return $"somebody else moved the lever to {present}";
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            return "it was broken off";
        }
    }

    /// <returns>Why the lever is not back; null where it is.</returns>
    private async Task<string?> MoveBackAsync(RegionWeights before, RegionWeights during)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await session.Lever.SetAsync(during, before, CancellationToken.None);
                await output.WriteLineAsync($"{Clock()} The lever is back at {before}.");
                return null;
            }
            catch (LeverMovedException moved) when (moved.Found.Equals(before))
            {
                return null;
            }
            catch (LeverMovedException moved)
            {
                // A person, or a watcher: theirs stands.
                return $"{moved.Message} It is left there";
            }
            catch (LeverException exception) when (tries < BackTriesMax)
            {
                await output.WriteLineAsync($"{Clock()} The lever did not move back, trying again: {exception.Message}");
                await Task.Delay(BackPause, time);
            }
            catch (LeverException exception)
            {
                return exception.Message;
            }
        }
    }

    private async Task ReportAsync(
        IReadOnlyDictionary<string, RegionCounters.Counts?> first,
        IReadOnlyDictionary<string, RegionCounters.Counts?> last,
        string? trouble,
        string? failure)
    {
        foreach (var region in session.Plan.Names)
            await output.WriteLineAsync($"{region}: {Text(first[region], last[region])}");
        if (trouble is not null)
            await output.WriteLineAsync($"The drill ended before its time: {trouble}.");
        await output.WriteLineAsync(failure is null
            ? "The drill is over, and the lever is back."
            : $"THE LEVER IS NOT BACK: {failure}. Look at ./ingest lever show.");
    }

    private static string Text(RegionCounters.Counts? first, RegionCounters.Counts? last)
    {
        if (first is null || last is null)
            return "does not show its status (--admin, --key)";
        var requests = last.Answers
            .Select(answer => (answer.Key, Count: answer.Value - first.Answers.GetValueOrDefault(answer.Key)))
            .Where(answer => answer.Count > 0)
            .Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Count} {answer.Key}"));
        var events = last.Since == first.Since
            ? string.Create(CultureInfo.InvariantCulture, $"{last.Received - first.Received} events")
            : "events not counted, since an hour left the span of the status";
        return $"{events}; requests of the server asked: {string.Join(", ", requests.DefaultIfEmpty("none"))}";
    }

    private string Clock() => time.GetUtcNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
