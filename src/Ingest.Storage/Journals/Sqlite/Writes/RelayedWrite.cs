using Ingest.Engine;

namespace Ingest.Storage;

internal sealed class RelayedWrite(RelayedObject relayed) : Write
{
    public override long Bytes => 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        transaction.AddRelayed(relayed);
        return JournalResult.Committed;
    }
}
