namespace Ingest.Engine;

/// <summary>
/// Walks the journal's records of shipped batches, which come by source, one source at a time: of all that is read only
/// the batches of one source and the hours asked for are in memory.
/// </summary>
/// <param name="records">The records, by source (ordinal).</param>
/// <param name="last">Records of later hours are passed over.</param>
internal sealed class SourceRecords(IAsyncEnumerator<ShippedBatch> records, LakeHour last)
{
    private ShippedBatch? _ahead;

    /// <summary>The batches of a source by hour; to be asked for by ascending source, without leaving out one that has any.</summary>
    /// <exception cref="ManifestException">There are records of a source that was not asked for.</exception>
    public async Task<ILookup<LakeHour, ShippedBatch>> TakeAsync(string source)
    {
        var taken = new List<ShippedBatch>();
        while (await PeekAsync() is { } record && string.CompareOrdinal(record.Batch.Partition.Source, source) <= 0)
        {
            if (record.Batch.Partition.Source != source)
                throw Unknown(record);
            taken.Add(record);
            _ahead = null;
        }

        return taken.ToLookup(record => record.Batch.Hour);
    }

    /// <exception cref="ManifestException">There is one.</exception>
    public async Task ExpectNoMoreAsync()
    {
        if (await PeekAsync() is { } record)
            throw Unknown(record);
    }

    private static ManifestException Unknown(ShippedBatch record) =>
        new($"The journal shipped {record.Object.Key}, but its ledger knows nothing of that source and hour.");

    private async Task<ShippedBatch?> PeekAsync()
    {
        while (_ahead is null && await records.MoveNextAsync())
        {
            if (records.Current.Batch.Hour <= last)
                _ahead = records.Current;
        }

        return _ahead;
    }
}
