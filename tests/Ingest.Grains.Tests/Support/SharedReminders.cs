namespace Ingest.Grains.Tests;

/// <summary>The reminder table of a cluster, which outlives its silos as a database does.</summary>
internal sealed class SharedReminders : IReminderTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId, string), ReminderEntry> _rows = [];
    private int _etag;

    /// <summary>Number of rows written so far.</summary>
    public int Writes => Volatile.Read(ref _etag);

    /// <summary>Number of grains of a type that have one.</summary>
    public int Of(string grainType)
    {
        lock (_gate)
            return _rows.Keys.Count(row => row.Item1.Type.ToString() == grainType);
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(row => row.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(row =>
    {
        var hash = row.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    });

    public Task<ReminderEntry> ReadRow(GrainId grainId, string reminderName)
    {
        lock (_gate)
            return Task.FromResult(_rows.GetValueOrDefault((grainId, reminderName))!);
    }

    public Task<string> UpsertRow(ReminderEntry entry)
    {
        lock (_gate)
        {
            entry.ETag = $"{++_etag}";
            _rows[(entry.GrainId, entry.ReminderName)] = entry;
            return Task.FromResult(entry.ETag);
        }
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (_gate)
            return Task.FromResult(_rows.Remove((grainId, reminderName)));
    }

    public Task TestOnlyClearTable()
    {
        lock (_gate)
            _rows.Clear();
        return Task.CompletedTask;
    }

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> wanted)
    {
        lock (_gate)
            return Task.FromResult(new ReminderTableData(_rows.Values.Where(wanted).ToList()));
    }
}
