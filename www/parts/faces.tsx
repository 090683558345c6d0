/** People. */

import { Avatar } from '../src/ui/avatar'
import { AvatarPicker } from '../src/ui/avatar-picker'
import { EmptyIllustration } from '../src/ui/empty-illustration'
import { Icon, Logo } from '../src/ui/icon'
import type { Part } from './part'

export const faces: readonly Part[] = [
  {
    name: 'Avatar',
    states: {
      'without a picture': () => <Avatar id="k51a" name="Anna" />,
      small: () => <Avatar id="k51b" name="Ben" size="small" />,
      big: () => <Avatar id="k51c" name="Çağla" size="big" />,
      online: () => <Avatar id="k51d" name="Dora" online />,
      away: () => <Avatar id="k51e" name="Emil" online={false} />,
      'without a name': () => <Avatar id="k51f" name="" />,
      'of a name that begins with joined signs': () => <Avatar id="k51g" name="👩‍👩‍👧 Family" />,
    },
  },
  { name: 'AvatarPicker', states: { empty: () => <AvatarPicker id="k51a" name="Anna" avatar={undefined} onChange={() => {}} /> } },
  { name: 'EmptyIllustration', states: { alone: () => <EmptyIllustration /> } },
  {
    name: 'Icon',
    states: {
      some: () => (
        <p>
          <Icon name="home" /> <Icon name="people" /> <Icon name="lock" /> <Icon name="warning" />
        </p>
      ),
      logo: () => <Logo />,
    },
  },
]
