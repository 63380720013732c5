using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>The last step: lists the folders of the span. An object that nobody shipped doubles events for every reader.</summary>
/// <param name="lake">The lake.</param>
/// <param name="span">The hours.</param>
/// <param name="journals">By journal, the hours that manifests describe.</param>
/// <param name="journalId">The journal at hand; null where there is none.</param>
/// <param name="open">What it says of other hours; null where there is none.</param>
/// <param name="findings">Gets what is wrong.</param>
internal sealed class ExtraObjects(
    ILake lake,
    HourSpan span,
    IReadOnlyDictionary<string, ClosedHours> journals,
    string? journalId,
    OpenHours? open,
    AuditFindings findings)
{
    /// <summary>The folders that hold events.</summary>
    private static readonly string[] Folders =
        [LakeLayout.Folder(LakeStream.Good), LakeLayout.Folder(LakeStream.Quarantine), LakeLayout.Relay];

    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlySet<string>> _keysOfHour = new(StringComparer.Ordinal);
    private (LakeHour Hour, string Source) _at;
    private readonly Dictionary<string, SortedSet<LakeHour>> _unjudged = new(StringComparer.Ordinal);
    private long _notJudged;

    /// <summary>By journal, the hours of objects that neither a manifest nor the journal at hand says anything of.</summary>
    public IReadOnlyDictionary<string, SortedSet<LakeHour>> Unjudged => _unjudged;

    /// <returns>Objects that neither a manifest nor the journal at hand can say anything of.</returns>
    public async Task<long> FindAsync(CancellationToken cancellation)
    {
        foreach (var name in Folders)
        {
            var top = name + "/";
            await foreach (var folder in lake.ListFoldersAsync(top, cancellation))
            {
                if (folder is not ['s', 'o', 'u', 'r', 'c', 'e', '=', .. var source])
                    continue;
                await foreach (var day in lake.ListFoldersAsync($"{top}{folder}/", cancellation))
                {
                    if (span.Touches(day))
                        await ListDayAsync(name == LakeLayout.Relay ? RelaySource.Of(source) : source, day, $"{top}{folder}/{day}/", cancellation);
                }
            }
        }

        if (_unknown.Count > 0)
            await open!.RemoveKnownAsync(_unknown, cancellation);
        foreach (var key in _unknown.Order(StringComparer.Ordinal))
            findings.Add($"doubled: {key} is in the lake, but this journal did not ship it");
        return _notJudged;
    }

    private async Task ListDayAsync(string source, string day, string folder, CancellationToken cancellation)
    {
        await foreach (var entry in lake.ListAsync(folder, cancellation))
        {
            var rest = entry.Key.AsSpan(folder.Length);
            var slash = rest.IndexOf('/');
            if (slash < 0 || !LakeLayout.TryReadHour(day, rest[..slash].ToString(), out var hour))
                _notJudged++;
            else if (span.Contains(hour))
                await JudgeAsync(source, hour, entry.Key, cancellation);
        }
    }

    private async Task JudgeAsync(string source, LakeHour hour, string key, CancellationToken cancellation)
    {
        if (!LakeLayout.TryReadKey(key, out _, out var owner))
        {
            findings.Add($"doubled: {key} is none of this system's objects, and readers of the lake take it for one");
        }
        else if (journals.GetValueOrDefault(owner) is { } closed && closed.Hours.Contains(hour))
        {
            if (!closed.CanJudge(hour, source))
                _notJudged++;
            else if (!(await KeysAsync(closed, source, hour, cancellation)).Contains(key))
                findings.Add($"doubled: {key} is in the lake, but the manifest of its hour does not name it");
        }
        else if (owner == journalId && open?.Contains(hour) == true)
        {
            if (!open.Knows(key))
                _unknown.Add(key);
        }
        else
        {
            _notJudged++;
            if (!_unjudged.TryGetValue(owner, out var hours))
                _unjudged[owner] = hours = [];
            hours.Add(hour);
        }
    }

    /// <summary>Keys come by hour, so that those of one hour are enough to remember.</summary>
    private async Task<IReadOnlySet<string>> KeysAsync(
        ClosedHours closed, string source, LakeHour hour, CancellationToken cancellation)
    {
        if (_at != (hour, source))
        {
            _keysOfHour.Clear();
            _at = (hour, source);
        }

        if (!_keysOfHour.TryGetValue(closed.JournalId, out var keys))
            _keysOfHour[closed.JournalId] = keys = await closed.KeysAsync(hour, source, cancellation);
        return keys;
    }
}
