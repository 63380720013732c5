using Ingest.Engine;

namespace Ingest.Storage;

internal sealed class CloseHourWrite(LakeHour hour) : Write
{
    public override long Bytes => 0;

    public override JournalResult Execute(JournalTransaction transaction)
    {
        transaction.Closed = transaction.Closed.Through(hour);
        return JournalResult.Committed;
    }
}
